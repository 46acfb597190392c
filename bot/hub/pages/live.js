// Keeps an open page fresh: asks for the page again, and when it changed swaps what differs.
// Pages work without it. No state beyond this tab, no address but the page's own.
"use strict";
(() => {
  const QUICK = 2000, SLOW = 30000;
  const sign = document.getElementById("live");
  let tag = null, wait = QUICK, timer = 0, asking = false;

  const show = (words) => { sign.textContent = words; sign.hidden = false; };

  // Gives the new tree what the reader did to the old one: unfolded and folded parts.
  const keepFolds = (before, after) => {
    const fresh = after.querySelectorAll("details");
    const known = before.querySelectorAll("details");
    if (fresh.length === known.length) fresh.forEach((one, at) => { one.open = known[at].open; });
  };

  // Replaces only the parts that differ, so that focus and selection elsewhere stay.
  const patch = (before, after) => {
    keepFolds(before, after);
    if (before.isEqualNode(after)) return;
    const same = before.tagName === after.tagName && before.id === after.id;
    const parts = [...before.children], news = [...after.children];
    const deep = same && parts.length === news.length && parts.length > 0 && !before.matches(".prose, table, p") &&
      ![...before.childNodes, ...after.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!deep) { before.replaceWith(after); return; }
    for (const name of after.getAttributeNames()) before.setAttribute(name, after.getAttribute(name));
    parts.forEach((part, at) => patch(part, news[at]));
  };

  const busy = () => {
    const chosen = document.getSelection();
    return chosen !== null && !chosen.isCollapsed;
  };

  const look = async () => {
    if (asking || document.hidden || busy()) return;
    asking = true;
    try {
      const headers = { Accept: "text/html" };
      if (tag) headers["If-None-Match"] = tag;
      const answer = await fetch(location.href.split("#")[0], { headers, cache: "no-store" });
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("main");
        if (fresh) {
          document.title = page.title;
          const place = document.activeElement && document.activeElement.getAttribute("href");
          patch(document.getElementById("main"), document.adoptNode(fresh));
          if (place && document.activeElement === document.body) {
            const again = document.querySelector(`main a[href="${CSS.escape(place)}"]`);
            if (again) again.focus({ preventScroll: true });
          }
          tag = answer.headers.get("ETag");
        }
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      wait = QUICK;
      show("live");
    } catch {
      wait = Math.min(wait * 2, SLOW);
      show("not connected");
    } finally {
      asking = false;
    }
  };

  const again = async () => {
    clearTimeout(timer);
    await look();
    timer = setTimeout(again, wait);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  timer = setTimeout(again, QUICK);
})();
