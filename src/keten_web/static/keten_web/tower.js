// SPDX-License-Identifier: EUPL-1.2
// Redraws the answer of the what-if page while one turns the levers, and again when a worker has sharpened it.
// Without it the buttons do the same.
"use strict";

const PAUSE = 250;
const PERIOD = 1000;
const levers = document.getElementById("levers");
const isDutch = document.documentElement.lang === "nl";

// A number as the language of the page writes it, and back; the server reads it once more, and strictly.
const written = (value) => (isDutch ? value.replace(".", ",") : value);
const read = (text) => (isDutch ? text.replaceAll(".", "").replace(",", ".") : text.replaceAll(",", ""));

if (levers) {
  const redrawn = document.getElementById("redrawn");
  const working = document.getElementById("working");
  let waiting = 0;
  let asked = null;
  let following = 0;

  for (const slider of levers.querySelectorAll("input[type=range]")) {
    const number = document.getElementById(slider.dataset.for);
    slider.hidden = false;
    slider.addEventListener("input", () => {
      number.value = written(slider.value);
      ask();
    });
    number.addEventListener("input", () => { slider.value = read(number.value); });
  }

  const ask = () => {
    following += 1;  // whatever was being sharpened is not wanted any more
    clearTimeout(waiting);
    waiting = setTimeout(redraw, PAUSE);
  };

  const query = () => new URLSearchParams(new FormData(levers)).toString();

  const fetched = async (signal) => {
    const answer = await fetch(`${levers.dataset.answer}?${query()}`, { signal });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  };

  const redraw = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = `?${query()}`;
    working.textContent = working.dataset.text;
    redrawn.setAttribute("aria-busy", "true");
    try {
      redrawn.innerHTML = await fetched(asked.signal);
      history.replaceState(null, "", address);
      working.textContent = "";
      await drawAll();
    } catch (error) {
      if (error.name === "AbortError") return;
      location.assign(address);  // the whole page says what went wrong
      return;
    }
    redrawn.removeAttribute("aria-busy");
    redrawn.dataset.redrawn = String(Number(redrawn.dataset.redrawn ?? 0) + 1);
    followAll();
    sharpen();
  };

  // Sharper figures in the place of the ones that are there; forms beside them keep what was typed.
  const sharpenFigures = async () => {
    const part = document.createElement("template");
    part.innerHTML = await fetched(asked?.signal);
    const sharper = part.content.getElementById("figures");
    const figures = document.getElementById("figures");
    if (!sharper || !figures) return;
    const open = [...figures.querySelectorAll("details")].map((details) => details.open);
    figures.replaceWith(sharper);
    [...sharper.querySelectorAll("details")].forEach((details, n) => { details.open = open[n] ?? false; });
    await drawAll();
  };

  const sharpen = async () => {
    const form = document.getElementById("sharpen");
    if (!form || form.hasAttribute("data-full") || document.hidden) return;
    const mine = (following += 1);
    const bar = document.getElementById("sharpen-progress");
    const says = document.getElementById("sharpen-says");
    const button = document.getElementById("sharpen-ask");
    button.hidden = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { address } = await answer.json();
      while (mine === following && !document.hidden) {
        const progress = await (await fetch(address)).json();
        if (mine !== following) return;
        if (progress.of) {
          bar.max = progress.of;
          bar.value = progress.done;
        }
        if (says.textContent !== progress.says) says.textContent = progress.says;  // a screen reader hears the steps
        if (progress.replications > Number(form.dataset.replications)) {
          form.dataset.replications = String(progress.replications);
          await sharpenFigures();
        }
        if (!progress.is_open) {
          bar.hidden = progress.state === "done";
          button.hidden = progress.state === "done";
          return;
        }
        await new Promise((resolve) => { setTimeout(resolve, PERIOD); });
      }
    } catch (error) {
      button.hidden = false;  // the figures that are there stay; one can ask again
    }
  };

  levers.addEventListener("input", (event) => {
    if (event.target.name) ask();
  });
  levers.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) sharpen();
  });
  sharpen();
}
