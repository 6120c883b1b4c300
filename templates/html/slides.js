"use strict";
// Shows one slide at a time, and on it one step after another. A step is a part of the slide, a member of a chain
// of equations, or a point of a list.
const root = document.documentElement;
const slides = [...document.querySelectorAll(".slide")];
const count = document.querySelector(".count");
let place = 0, step = 0;

// The lines of each version of a display, those of one member together.
function members(table) {
  const groups = [];
  for (const row of table.children) {
    if (groups.length && row.classList.contains("more")) groups.at(-1).push(row);
    else groups.push([row]);
  }
  return groups;
}

// What appears at each step of a slide: lists of elements.
function steps(slide) {
  const found = [];
  for (const part of slide.querySelectorAll(".part")) {
    const versions = [...part.querySelectorAll(".display mtable.rows")].map(members);
    const points = [...part.querySelectorAll("li")].map(point => [point]);
    const inner = points.length ? [points] : versions;
    const length = Math.max(1, ...inner.map(groups => groups.length));
    for (let i = 0; i < length; i++) {
      const shown = inner.flatMap(groups => groups[i] ?? []);
      found.push(i ? shown : [part, ...shown]);
    }
  }
  return found.length ? found : [[]];
}
const all = slides.map(steps);

function fit(slide) {
  const content = slide.querySelector(".content");
  if (!content) return;
  for (let size = 100; size >= 40; size -= 5) {
    content.style.fontSize = `${size}%`;
    if (content.scrollHeight <= content.clientHeight + 1) return;
  }
}

function show() {
  slides.forEach((slide, i) => slide.classList.toggle("current", i === place));
  all[place].forEach((shown, i) => shown.forEach(element => element.classList.toggle("later", i > step)));
  fit(slides[place]);
  count.textContent = `${place + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${place + 1}.${step + 1}`);
}

function go(slide, at) {
  if (slide < 0 || slide >= slides.length) return;
  place = slide;
  step = Math.min(Math.max(at, 0), all[place].length - 1);
  show();
}

function next() {
  if (step + 1 < all[place].length) go(place, step + 1);
  else go(place + 1, 0);
}

function back() {
  if (step > 0) go(place, step - 1);
  else go(place - 1, Infinity);
}

const keys = {
  ArrowRight: next, ArrowDown: next, PageDown: next, " ": next, Enter: next,
  ArrowLeft: back, ArrowUp: back, PageUp: back, Backspace: back,
  Home: () => go(0, 0), End: () => go(slides.length - 1, Infinity),
  Escape: () => root.classList.toggle("talk"),
};
addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
  if (!root.classList.contains("talk") && event.key !== "Escape") return;
  event.preventDefault();
  if (event.key === " " && event.shiftKey) back();
  else keys[event.key]();
});
addEventListener("click", event => {
  if (!root.classList.contains("talk") || String(getSelection())) return;
  if (event.clientX < innerWidth / 3) back();
  else next();
});
addEventListener("resize", show);

root.classList.add("talk");
const [asked, from] = location.hash.slice(1).split(".").map(Number);
go(asked > 0 && asked <= slides.length ? asked - 1 : 0, (from || 1) - 1);
document.fonts.ready.then(show);
