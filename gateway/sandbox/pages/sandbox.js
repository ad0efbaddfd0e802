// Takes the newest calls in every two seconds, unless the page is out of sight or somebody is marking text in it.
"use strict";

const INTERVAL_MS = 2000;

async function refresh() {
  const busy = document.hidden || (window.getSelection() && !window.getSelection().isCollapsed);
  if (!busy) {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("calls");
        const shown = document.getElementById("calls");
        if (fresh.dataset.newest !== shown.dataset.newest) {
          shown.replaceWith(fresh);
        } else {
          document.getElementById("clock").textContent = page.getElementById("clock").textContent;
        }
      }
    } catch (error) {
      // the sandbox is restarting: the next look will tell
    }
  }
  window.setTimeout(refresh, INTERVAL_MS);
}

window.setTimeout(refresh, INTERVAL_MS);
