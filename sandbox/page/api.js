// The page's side of the /ui endpoints. Every answer is an object with `ok`; a lost connection is one too.

async function call(path, options) {
  const started = performance.now();
  try {
    const response = await fetch(path, options);
    const body = await response.json().catch(() => ({}));
    const elapsed_ms = body.elapsed_ms ?? performance.now() - started;
    return { ok: response.ok, ...body, elapsed_ms, status: response.status };
  } catch {
    return { ok: false, error: "The sandbox does not answer. Is it still running?", elapsed_ms: performance.now() - started };
  }
}

export function post(name, body) {
  return call(`/ui/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export function remove(name) {
  return call(`/ui/${name}`, { method: "DELETE" });
}

export function fetchState(as) {
  return call(`/ui/state${as ? `?as=${encodeURIComponent(as)}` : ""}`, { cache: "no-store" });
}
