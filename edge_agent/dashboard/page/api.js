// The only module that talks to the box.

const STORED = "edge-agent-token";

export class Problem extends Error {
  constructor(status, code, message, field) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export const session = {
  get token() {
    return sessionStorage.getItem(STORED);
  },
  set token(value) {
    if (value) sessionStorage.setItem(STORED, value);
    else sessionStorage.removeItem(STORED);
  },
};

export async function call(method, path, { query = {}, body, type, headers = {}, signal } = {}) {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== "") address.searchParams.append(name, one);
    }
  }
  const sent = { Authorization: `Bearer ${session.token ?? ""}`, ...headers };
  if (body !== undefined) sent["Content-Type"] = type ?? "application/json";
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: sent,
      body: body === undefined || type ? body : JSON.stringify(body),
      signal,
      cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "away", String(error.message));
  }
  return answer(response);
}

async function answer(response) {
  let data = null;
  try {
    data = await response.json();
  } catch {
    throw new Problem(response.status, "internal", response.statusText);
  }
  if (response.ok) return data;
  const { code = "internal", message = response.statusText, field } = data.error ?? {};
  if (response.status === 401) dispatchEvent(new CustomEvent("signed-out"));
  throw new Problem(response.status, code, message, field);
}

const random = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const status = (signal) => call("GET", "/v1/status", { signal });
export const tryToken = (token) => call("GET", "/v1/status", { headers: { Authorization: `Bearer ${token}` } });
export const tracks = (query, signal) => call("GET", "/v1/tracks", { query, signal });
export const track = (id, signal) => call("GET", `/v1/tracks/${id}`, { signal });
export const fragment = (id, signal) => call("GET", `/v1/fragments/${id}`, { signal });
// Asks for the first byte of a file that the box may have to make first; throws what it refuses.
export async function prepare(url) {
  const response = await fetch(url, { headers: { Range: "bytes=0-0" }, credentials: "omit" });
  if (!response.ok) await answer(response);
}
export const jobs = (query, signal) => call("GET", "/v1/picture-searches", { query, signal });
export const job = (id, query, signal) => call("GET", `/v1/picture-searches/${id}`, { query, signal });
export const cancelJob = (id) => call("DELETE", `/v1/picture-searches/${id}`);

export const searchByPicture = (picture, query) =>
  call("POST", "/v1/picture-searches", {
    query,
    body: picture,
    type: picture.type,
    headers: { "Idempotency-Key": random() },
  });

export const searchByTrack = (id, question) =>
  call("POST", "/v1/picture-searches", {
    body: { track: id, ...question },
    headers: { "Idempotency-Key": random() },
  });
