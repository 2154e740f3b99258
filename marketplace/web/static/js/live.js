/* Shelf states that follow the sale.
 *
 * htmx's stream carries codes ({"variant-12": "few"}), the page carries the words in the reader's
 * language; one broadcast serves everybody. When the stream is lost the same JSON is polled, ever less
 * often while the server does not answer, until the stream is back. Without JavaScript the words stay as
 * they were when the page was made, and the server's answer to the next request is what counts.
 */
(() => {
  "use strict";

  const POLL_SLOWEST_S = 120;
  const RELOAD_SPREAD_MS = 900; // a sale that opens, pauses or closes changes for all in one instant

  const closest = (event) => event.target.closest && event.target.closest("[data-live]");

  function sizeFollows(word, code, sentence) {
    const size = word.closest(".size");
    if (!size) return;
    const choice = size.querySelector("input");
    const wanted = choice.checked && !size.classList.contains(`size-${code}`);
    size.className = `size size-${code}`;
    choice.disabled = code === "gone" || code === "stopped";
    if (choice.disabled) choice.checked = false;
    // Only what the reader has chosen is worth interrupting them for.
    if (wanted) say.seen(`${size.querySelector(".size-name").textContent}: ${sentence}`);
  }

  function phaseFollows(part, phase) {
    if (!phase || !part.dataset.phase || phase === part.dataset.phase || part.dataset.asked) return;
    part.dataset.asked = "1";
    setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS);
  }

  function apply(part, codes) {
    phaseFollows(part, codes.phase);
    const words = JSON.parse(part.dataset.words);
    for (const [key, code] of Object.entries(codes)) {
      if (!(code in words)) continue;
      part.querySelectorAll(`[data-shelf="${CSS.escape(key)}"]`).forEach((word) => {
        word.className = `state state-${code}`;
        word.querySelector(".state-word").textContent = words[code];
        sizeFollows(word, code, words[code]);
      });
    }
  }

  function applyText(part, text) {
    try {
      apply(part, JSON.parse(text));
      return true;
    } catch {
      return false; // not ours to read: htmx may swap it
    }
  }

  async function poll(part, state) {
    try {
      const answer = await fetch(part.dataset.poll, { headers: { Accept: "application/json" } });
      if (answer.ok && applyText(part, await answer.text())) state.wait = Number(part.dataset.every);
      else state.wait = Math.min(state.wait * 2, POLL_SLOWEST_S);
    } catch {
      state.wait = Math.min(state.wait * 2, POLL_SLOWEST_S);
    }
    if (state.polling) plan(part, state);
  }

  function plan(part, state) {
    clearTimeout(state.timer);
    // A quarter of the wait is left to chance, so that a crowd does not ask in step.
    const wait = state.wait * (0.875 + Math.random() / 4);
    state.timer = setTimeout(() => part.isConnected && poll(part, state), wait * 1000);
  }

  const states = new WeakMap();

  function stateOf(part) {
    if (!states.has(part)) states.set(part, { polling: false, wait: Number(part.dataset.every || 15) });
    return states.get(part);
  }

  function startPolling(part) {
    const state = stateOf(part);
    if (state.polling || !part.dataset.poll) return;
    state.polling = true;
    poll(part, state);
  }

  function stopPolling(part) {
    const state = stateOf(part);
    state.polling = false;
    clearTimeout(state.timer);
  }

  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const part = closest(event);
    if (part && applyText(part, event.detail.data)) event.preventDefault();
  });
  document.addEventListener("htmx:sseError", (event) => {
    const part = closest(event);
    if (part) startPolling(part);
  });
  document.addEventListener("htmx:sseOpen", (event) => {
    const part = closest(event);
    if (part) stopPolling(part);
  });
  document.addEventListener("DOMContentLoaded", () => {
    // No stream at all (none given, an old browser, a blocked script): poll from the start.
    const deaf = !window.htmx || !window.EventSource;
    document.querySelectorAll(deaf ? "[data-live]" : "[data-live]:not([sse-connect])").forEach(startPolling);
  });
})();
