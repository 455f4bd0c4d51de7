// The only module that talks to the box. Who is signed in stands in a cookie that no script can
// read; what changes something shows a word that came with signing in.

const HINT = "edge-agent-signed-in";
const ROLES = ["viewer", "investigator", "administrator"];

export class Problem extends Error {
  constructor(status, code, message, field) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export const session = {
  login: null,
  get open() {
    return this.login !== null;
  },
  // Whether this browser was signed in when it was last here: else nobody needs to be asked.
  get hinted() {
    return localStorage.getItem(HINT) !== null;
  },
  may(role) {
    return this.open && ROLES.indexOf(this.login.role) >= ROLES.indexOf(role);
  },
  keep(login) {
    this.login = login;
    if (login) localStorage.setItem(HINT, "1");
    else localStorage.removeItem(HINT);
    return login;
  },
};

export async function call(method, path, { query = {}, body, type, headers = {}, signal } = {}) {
  const response = await ask(method, path, { query, body, type, headers, signal });
  return answer(response);
}

async function ask(method, path, { query = {}, body, type, headers = {}, signal }) {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== "") address.searchParams.append(name, one);
    }
  }
  const sent = { ...headers };
  if (method !== "GET" && session.login) sent["X-CSRF-Token"] = session.login.csrf;
  if (body !== undefined) sent["Content-Type"] = type ?? "application/json";
  try {
    return await fetch(address, {
      method,
      headers: sent,
      body: body === undefined || type ? body : JSON.stringify(body),
      signal,
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "away", String(error.message));
  }
}

async function answer(response) {
  if (response.status === 204) return null;
  let data = null;
  try {
    data = await response.json();
  } catch {
    throw new Problem(response.status, "internal", response.statusText);
  }
  if (response.ok) return data;
  const { code = "internal", message = response.statusText, field } = data.error ?? {};
  if (response.status === 401 && session.open) dispatchEvent(new CustomEvent("signed-out"));
  throw new Problem(response.status, code, message, field);
}

const random = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const signIn = async (proof) => session.keep(await call("POST", "/v1/session", { body: proof }));
export const whoAmI = async () => session.keep(await call("GET", "/v1/session"));
export async function signOut() {
  try {
    await call("DELETE", "/v1/session");
  } finally {
    session.keep(null);
  }
}
export const changePassword = async (password, fresh) =>
  session.keep(await call("PUT", "/v1/session/password", { body: { password, new_password: fresh } }));

export const status = (signal) => call("GET", "/v1/status", { signal });
export const system = (signal) => call("GET", "/v1/system", { signal });
export const newest = (camera, signal) => call("GET", `/v1/cameras/${camera}/newest`, { signal });
export const tracks = (query, signal) => call("GET", "/v1/tracks", { query, signal });
// The same page again: null where nothing has changed since the answer with this tag.
export async function tracksSince(query, tag, signal) {
  const response = await ask("GET", "/v1/tracks", { query, signal, headers: tag ? { "If-None-Match": tag } : {} });
  if (response.status === 304) return null;
  return { ...(await answer(response)), tag: response.headers.get("etag") };
}
export const track = (id, signal) => call("GET", `/v1/tracks/${id}`, { signal });
export const fragment = (id, signal) => call("GET", `/v1/fragments/${id}`, { signal });
export const visit = (id, signal) => call("GET", `/v1/sessions/${id}`, { signal });
export const split = (id, tracks) => call("POST", `/v1/sessions/${id}/split`, { body: { tracks } });
export const erase = (tracks) => call("POST", "/v1/erasures", { body: { tracks } });
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

export const searchBy = (question) => call("POST", "/v1/picture-searches", { body: question, headers: { "Idempotency-Key": random() } });

export const searchByText = (body) => call("POST", "/v1/text-searches", { body });

export const riskTasks = (query, signal) => call("GET", "/v1/risk-tasks", { query, signal });
export const riskTask = (id, query, signal) => call("GET", `/v1/risk-tasks/${id}`, { query, signal });
export const createRiskTask = (body) => call("POST", "/v1/risk-tasks", { body });
export const changeRiskTask = (id, body) => call("PATCH", `/v1/risk-tasks/${id}`, { body });
export const deleteRiskTask = (id) => call("DELETE", `/v1/risk-tasks/${id}`);
export const prepareExport = (id) => call("POST", `/v1/risk-tasks/${id}/export`);

export const watchLists = (signal) => call("GET", "/v1/watchlists", { signal });
export const watchList = (id, signal) => call("GET", `/v1/watchlists/${id}`, { signal });
export const watchHits = (id, signal) => call("GET", `/v1/watchlists/${id}/hits`, { query: { limit: 50 }, signal });
export const createWatchList = (body) => call("POST", "/v1/watchlists", { body });
export const deleteWatchList = (id) => call("DELETE", `/v1/watchlists/${id}`);
export const addWatched = (id, body) => call("POST", `/v1/watchlists/${id}/entries`, { body });
export const removeWatched = (id, entry) => call("DELETE", `/v1/watchlists/${id}/entries/${entry}`);

export const staff = (signal) => call("GET", "/v1/staff", { signal });
export const addStaff = (body) => call("POST", "/v1/staff", { body });
export const changeStaff = (id, body) => call("PATCH", `/v1/staff/${id}`, { body });
export const removeStaff = (id) => call("DELETE", `/v1/staff/${id}`);

const instancePath = (name) => `/v1/images/${encodeURIComponent(name)}`;
export const instances = (signal) => call("GET", "/v1/images", { signal });
export const items = (name, query, signal) => call("GET", `${instancePath(name)}/items`, { query, signal });
export const imageOperation = (name, operation, body) => call("POST", `${instancePath(name)}/${operation}`, { body });

const prints = "/v1/fingerprints";
export const printLibraries = (signal) => call("GET", `${prints}/libraries`, { signal });
export const addPrintLibrary = (body) => call("POST", `${prints}/libraries`, { body });
export const printJobs = (query, signal) => call("GET", `${prints}/jobs`, { query, signal });
export const printJob = (id, signal) => call("GET", `${prints}/jobs/${id}`, { signal });
export const printPlace = (body) => call("POST", `${prints}/jobs`, { body });
const SENT_AS_THEY_ARE = /^(video|audio|image|text)\//;
export const printFile = (file, query) =>
  call("POST", `${prints}/jobs`, { query, body: file, type: SENT_AS_THEY_ARE.test(file.type) ? file.type : "application/octet-stream" });
export const cancelPrintJob = (id) => call("POST", `${prints}/jobs/${id}/cancel`);
export const deletePrintJob = (id) => call("DELETE", `${prints}/jobs/${id}`);

export const webhooks = (signal) => call("GET", "/v1/webhooks", { signal });
export const addWebhook = (body) => call("POST", "/v1/webhooks", { body });
export const removeWebhook = (name) => call("DELETE", `/v1/webhooks/${name}`);
export const testWebhook = (name) => call("POST", `/v1/webhooks/${name}/test`);

export const auditLog = (query, signal) => call("GET", "/v1/audit", { query, signal });
export const checkAudit = () => call("GET", "/v1/audit/check");
export const users = (signal) => call("GET", "/v1/users", { signal });
export const addUser = (body) => call("POST", "/v1/users", { body });
export const changeUser = (name, body) => call("PATCH", `/v1/users/${encodeURIComponent(name)}`, { body });
export const removeUser = (name) => call("DELETE", `/v1/users/${encodeURIComponent(name)}`);
