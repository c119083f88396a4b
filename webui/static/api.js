// The documented JSON API, and nothing beside it.

import { t } from "./strings.js";

export class ApiError extends Error {
  constructor(status, code, message, field) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

async function ask(method, path, body) {
  const options = { method, headers: {}, cache: "no-store" };
  if (body instanceof Blob) {
    options.headers["content-type"] = "application/octet-stream";
    options.body = body;
  } else if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, options);
  } catch {
    throw new ApiError(0, "unreachable", t("failed"), null);
  }
  let data = null;
  try {
    data = await answer.json();
  } catch {
    // An answer without JSON is a failure below, or a success without content.
  }
  if (answer.ok) return data;
  const error = data?.error ?? { code: "failed", message: t("failed"), field: null };
  throw new ApiError(answer.status, error.code, error.message, error.field);
}

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);
export const remove = (path) => ask("DELETE", path);
// A file, as it is.
export const send = (method, path, file) => ask(method, path, file);
export const patch = (path, body) => ask("PATCH", path, body);
