"""Everything that leaves the box unasked, from the outbox.

What is promised: each event reaches every configured consumer at least once and in order, however
often the broker, the box or the consumer goes away in between. PUBACK proves nothing about that
(a broker that is killed loses what it had acknowledged), so a row leaves the outbox only after the
consumers themselves have acknowledged its `seq`.

How events are sent again. One cursor runs over the outbox; moving it back sends everything behind
it once more, in order, to all who listen; they dedupe by `event_id` or `seq`. It moves back to what
a consumer has acknowledged

    when the daemon starts and whenever a new connection to the broker stands;
    when a consumer acknowledges something without advancing: "this is where I am", said by one
    who starts, or who saw a hole in `seq` (at most once per `resend_pause`);
    when one that had fallen silent acknowledges anything again.

A consumer that is behind and silent is probed: a few of the events behind its acknowledgement are
sent once more, less and less often. So one that is away costs the others next to nothing, and one
that missed an event without noticing gets it soon.

A consumer that stays silent for longer than the outbox is kept lapses: an alarm is raised and it
is no longer waited for. The first thing it acknowledges afterwards brings it back, and an event
`gap` tells it which `seq` it will never see; that event waits in the outbox like any other.
"""
