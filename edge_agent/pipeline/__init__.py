"""Camera to memory: a frame becomes something the store's owner knows.

One task per camera pulls frames by credit, has them looked at and tracked, and keeps the best
pictures of everybody in view. What is worth keeping goes through one bounded queue to `Memory`,
which makes it durable in groups: pictures, vectors, then rows and events in one transaction, then
the index. Frames may be dropped in front of the detector and nowhere else; the queue makes the
camera's task wait instead.

    camera.py    one camera: frames → detections → tracks, and the clip that goes with them
    sighting.py  the pictures and the life of the people one camera follows
    recorder.py  when a clip starts and ends
    update.py    what cameras hand to memory
    embedding.py its vectors
    memory.py    the group commit
    group.py     the rows and events of a group
    cameras.py   all cameras: switched on and off, up and down, what is known of them
"""
