// One websocket for the page. `gerai.live.on(topic, fn)` calls fn(data) for every message and returns what ends it.
// <html data-live> says "on" or "off"; `gerai:live` is dispatched at every change, `gerai:live-resumed` when messages
// may have been missed, so that a page fetches again what it shows.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  if (gerai.live) return;

  const root = document.documentElement;
  const handlers = new Map();
  const FIRST_RETRY_MS = 500;
  const LONGEST_RETRY_MS = 30000;
  const LONGEST_CONNECT_MS = 8000;
  // A tab in the background keeps its socket for a minute: long enough to look something up elsewhere.
  const PAUSE_AFTER_MS = 60000;
  // What the server closes with when nobody is logged in any more.
  const LOGGED_OUT = 4401;
  let socket = null;
  let state = "off";
  let attempts = 0;
  let retryTimer = 0;
  let pauseTimer = 0;
  let wasConnected = false;
  let asked = new Set();

  function announce(next) {
    if (next === state) return;
    state = next;
    root.dataset.live = next === "on" ? "on" : "off";
    document.dispatchEvent(new CustomEvent("gerai:live", { detail: next }));
  }

  function address() {
    return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live/`;
  }

  function subscribe() {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    const missing = [...handlers.keys()].filter((topic) => !asked.has(topic));
    if (!missing.length) return;
    missing.forEach((topic) => asked.add(topic));
    socket.send(JSON.stringify({ subscribe: missing }));
  }

  function retryLater() {
    clearTimeout(retryTimer);
    if (document.hidden) return;
    // Full jitter: after a restart of the server the pages of a whole company come back spread out.
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
    attempts += 1;
    retryTimer = setTimeout(connect, ceiling / 2 + Math.random() * (ceiling / 2));
  }

  function connect() {
    clearTimeout(retryTimer);
    if (socket || !handlers.size) return;
    announce("connecting");
    const mine = new WebSocket(address());
    socket = mine;
    asked = new Set();
    // A server that starts again takes the connection before it can answer it.
    const patience = setTimeout(() => mine.close(), LONGEST_CONNECT_MS);
    mine.onopen = () => {
      clearTimeout(patience);
      attempts = 0;
      subscribe();
      announce("on");
      if (wasConnected) document.dispatchEvent(new CustomEvent("gerai:live-resumed"));
      wasConnected = true;
    };
    mine.onmessage = (event) => {
      let message;
      try {
        message = JSON.parse(event.data);
      } catch {
        return;
      }
      // The server lost its own source of news for a while: what it would have told us is gone.
      if (message.topic === "live.resumed") document.dispatchEvent(new CustomEvent("gerai:live-resumed"));
      const listening = handlers.get(message.topic);
      if (listening) listening.forEach((fn) => fn(message.data));
    };
    mine.onclose = (event) => {
      clearTimeout(patience);
      if (socket !== mine) return;
      socket = null;
      if (event.code === LOGGED_OUT) {
        // The session ended elsewhere. What somebody is typing stays on the page; it is asked for when sent.
        announce("ended");
        handlers.clear();
        if (!document.querySelector("form[data-changed]")) location.reload();
        return;
      }
      announce(document.hidden ? "paused" : "connecting");
      retryLater();
    };
  }

  function pause() {
    if (!document.hidden) return;
    const old = socket;
    socket = null;
    if (old) old.close();
    clearTimeout(retryTimer);
    announce("paused");
  }

  function resume() {
    clearTimeout(pauseTimer);
    attempts = 0;
    connect();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) pauseTimer = setTimeout(pause, PAUSE_AFTER_MS);
    else resume();
  });
  window.addEventListener("online", resume);
  // A page kept by the browser for "back" has lost its socket and does not load again.
  window.addEventListener("pageshow", (event) => event.persisted && resume());
  window.addEventListener("pagehide", () => {
    if (socket) socket.close();
  });

  gerai.live = {
    get state() {
      return state;
    },
    on(topic, fn) {
      if (!handlers.has(topic)) handlers.set(topic, new Set());
      handlers.get(topic).add(fn);
      // Wait for the others of this turn, so that a list of thirty machines asks once.
      queueMicrotask(() => (socket ? subscribe() : connect()));
      return () => {
        const listening = handlers.get(topic);
        if (!listening) return;
        listening.delete(fn);
        if (listening.size) return;
        handlers.delete(topic);
        if (asked.delete(topic) && socket && socket.readyState === WebSocket.OPEN) {
          socket.send(JSON.stringify({ unsubscribe: [topic] }));
        }
      };
    },
  };
  root.dataset.live = "off";
})();
