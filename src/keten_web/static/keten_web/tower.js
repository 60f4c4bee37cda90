// SPDX-License-Identifier: EUPL-1.2
// Redraws the answer of the what-if page while one turns the levers. Without it the button does the same.
"use strict";

const PAUSE = 250;
const levers = document.getElementById("levers");

if (levers) {
  const redrawn = document.getElementById("redrawn");
  const working = document.getElementById("working");
  let waiting = 0;
  let asked = null;

  for (const slider of levers.querySelectorAll("input[type=range]")) {
    const number = document.getElementById(slider.dataset.for);
    slider.hidden = false;
    slider.addEventListener("input", () => {
      number.value = slider.value;
      ask();
    });
    number.addEventListener("input", () => { slider.value = number.value; });
  }

  const ask = () => {
    clearTimeout(waiting);
    waiting = setTimeout(redraw, PAUSE);
  };

  const redraw = async () => {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(levers)).toString();
    working.textContent = working.dataset.text;
    redrawn.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${levers.dataset.answer}?${query}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      redrawn.innerHTML = await answer.text();
      history.replaceState(null, "", `?${query}`);
      working.textContent = "";
      await drawAll();
    } catch (error) {
      if (error.name === "AbortError") return;
      location.assign(`?${query}`);  // the whole page says what went wrong
      return;
    }
    redrawn.removeAttribute("aria-busy");
    redrawn.dataset.redrawn = String(Number(redrawn.dataset.redrawn ?? 0) + 1);
  };

  levers.addEventListener("input", (event) => {
    if (event.target.name) ask();
  });
  levers.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}
