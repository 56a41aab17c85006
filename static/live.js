// Open pages hear that something they show has changed, and fetch themselves again. What somebody
// is doing meanwhile stays: edits, dialogs, what is typed, focus, scrolling. Uses what app.js has.
'use strict';

const BETWEEN_REFRESHES = 1000;
const AFTER_A_FAILURE = 3000;
const LONGEST_WAIT = 60000;
const MOST_PARTS = 20;
/** Whoever only passes through a page does not follow it; what happens meanwhile is told afterwards. */
const PASSING_THROUGH = 500;

let stream = null;
/** The newest change that was heard of. */
let heard = null;
/** What was heard of and is not shown yet: `own` if nobody else did anything. */
let pending = null;
let timer = null;
let refreshed = 0;
let requests = 0;
let isRefreshing = false;
let isOver = false;
/** How long to wait before asking again somebody who refused. */
let patience = AFTER_A_FAILURE;
/** What is said in the rows of members that somebody else changed. */
const marks = new Map();

// Hearing ----------------------------------------------------------------------------------------

function follow() {
  const address = document.body.dataset.live;
  if (!address || stream || isOver || document.hidden) return;
  const url = new URL(address, location.href);
  if (heard !== null) url.searchParams.set('since', heard);
  stream = new EventSource(url);
  stream.addEventListener('open', () => (patience = AFTER_A_FAILURE));
  stream.addEventListener('change', (e) => {
    heard = e.lastEventId;
    const { own, members } = JSON.parse(e.data);
    refreshSoon(own, members);
  });
  stream.addEventListener('end', over);
  // A lost connection is made again by the browser; a refused one is not.
  stream.addEventListener('error', () => {
    if (stream?.readyState !== EventSource.CLOSED) return;
    unfollow();
    setTimeout(follow, patience);
    patience = Math.min(2 * patience, LONGEST_WAIT);
  });
}

function unfollow() {
  stream?.close();
  stream = null;
}

/** The session has ended, or the right to see this page. */
function over() {
  unfollow();
  isOver = true;
  notify('This page is not kept up to date any more: you are signed out, or may not see it any longer.', 'warning');
}

// A page that nobody looks at holds no connection, and catches up when somebody does.
on('visibilitychange', () => {
  if (document.hidden) unfollow();
  else {
    follow();
    schedule();
  }
});
window.addEventListener('pagehide', unfollow);
window.addEventListener('pageshow', () => setTimeout(follow, PASSING_THROUGH));

// Showing ----------------------------------------------------------------------------------------

function refreshSoon(own, members = []) {
  pending = { own: own && (pending?.own ?? true), members: [...(pending?.members ?? []), ...members] };
  schedule();
}

const isBusy = () => isRefreshing || requests > 0 || dialogIsOpen() || document.hidden;

/** Bursts are one refresh; whatever is in the way calls this again when it is done. */
function schedule() {
  if (!pending || timer || isOver || isBusy()) return;
  const wait = Math.max(0, refreshed + BETWEEN_REFRESHES - performance.now());
  timer = setTimeout(() => {
    timer = null;
    if (!isBusy()) refresh();
  }, wait);
}

async function refresh() {
  const live = pending;
  pending = null;
  isRefreshing = true;
  const here = location.pathname + location.search;
  await htmx.ajax('GET', here, {
    source: '#content', target: '#content', swap: 'innerMorph', live,
    headers: { 'Onepanel-Unattended': 'true' },
    fetch: (action, request) => fetchNewest(action, request, live),
  });
  isRefreshing = false;
  refreshed = performance.now();
  schedule();
}

/** Puts back what could not be shown now. */
const postpone = (live) => refreshSoon(live.own, live.members);

async function fetchNewest(action, request, live) {
  const given = new DOMException('there is nothing to show', 'AbortError');
  const answer = await fetch(action, request).catch(() => null);
  if (answer && [401, 403, 404].includes(answer.status)) over();
  if (!answer?.ok) {
    if (!isOver) setTimeout(postpone, LONGEST_WAIT / 2, live);
    throw given;
  }
  const page = document.createElement('template');
  page.innerHTML = await answer.text();
  await showAsMuch(page.content, request);
  say([...keepEdits(page.content), ...tell(page.content, live.members)]);
  showMarks(page.content);
  // A list that is being searched is not replaced by the whole one.
  if ($('.side .search input')?.value) $('[hx-swap-oob$="-list"]', page.content)?.remove();
  return new Response(page.innerHTML, { status: answer.status, headers: answer.headers });
}

/** Lists that somebody has made longer stay as long. */
async function showAsMuch(page, request) {
  for (const list of ['groups', 'users']) {
    const length = $$(`#${list} .rows > .member`).length;
    for (let part = 0; part < MOST_PARTS; part += 1) {
      const more = page.querySelector(`[id="${list}-more"]`);
      if (!more || $$(`#${list} .rows > .member`, page).length >= length) break;
      const headers = { ...request.headers, 'HX-Target': `li#${more.id}` };
      const answer = await fetch($('a', more).getAttribute('hx-get'), { ...request, headers });
      if (!answer.ok) break;
      const rest = document.createElement('template');
      rest.innerHTML = await answer.text();
      more.replaceWith(...[...rest.content.children].filter((part) => part.matches('li')));
    }
  }
}

const rowIn = (page, id) => $(`[id="${id}"]`, page);
const stored = (row) => boxesOf(row).map((box) => `${box.value}=${box.defaultChecked}`).join();

/** A row with unsaved changes stays as it is, and says that what is stored is different now. */
function keepEdits(page) {
  const news = [];
  for (const row of dirtyRows()) {
    const fresh = rowIn(page, row.id);
    if (!fresh) {
      const list = $(`#${row.closest('details').id} .rows`, page);
      const place = document.createElement('li');
      place.id = row.id;
      list?.insertBefore(place, list.children[[...row.parentElement.children].indexOf(row)] ?? null);
    }
    if (fresh && stored(fresh) === stored(row)) continue;
    const text = `This member was ${fresh ? 'changed' : 'removed'} elsewhere while you were editing.`;
    if ($('.stale p', row)?.textContent === text) continue;
    sayStale(row, text);
    news.push(`${nameOf(row)}: ${text}`);
  }
  return news;
}

function sayStale(row, text) {
  $('.stale', row)?.remove();
  const note = document.createElement('div');
  note.className = 'alert warning stale';
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button small';
  button.dataset.newest = '';
  button.textContent = 'Discard my changes and show the newest';
  note.append(paragraph, button);
  $('.body', row).prepend(note);
}

const nameOf = (row) => $('.name', row).textContent.trim();
const say = (sentences) => {
  if (sentences.length) $('#news').textContent = sentences.join(' ');
};

/** Says whose membership somebody else has changed: in the row, and to those who do not see it. */
function tell(page, members) {
  const news = [];
  for (const member of new Set(members)) {
    const id = `m-${member.replace(':', '-')}`;
    const [fresh, row] = [rowIn(page, id), document.getElementById(id)];
    if (!fresh && !row) continue;
    const what = !fresh ? 'removed' : row ? 'changed' : 'added';
    if (fresh) marks.set(id, `${what} by somebody else`);
    if (!row?.matches('.dirty')) news.push(`${nameOf(fresh ?? row)} was ${what} by somebody else.`);
  }
  return news;
}

function showMarks(page) {
  for (const [id, text] of marks) {
    const name = $(`[id="${id}"] > .row > .name`, page);
    name?.after(Object.assign(document.createElement('span'), { className: 'tag by-other', textContent: text }));
  }
}

within('click', '[data-newest]', (button) => {
  const row = button.closest('.member');
  row.classList.remove('dirty');
  $('.name', row).focus();
  refreshSoon(true);
});
within('reset', 'form[data-privileges]', (form) => $('.stale', form.closest('.member')) && refreshSoon(true));
// Whoever looks at a row knows.
within('click', '.member > .row > .name', (name) => marks.delete(name.closest('.member').id), true);

// Making way -------------------------------------------------------------------------------------

on('htmx:before:request', (e) => !e.detail.ctx.live && (requests += 1));
on('htmx:finally:request', (e) => {
  if (e.detail.ctx.live) return;
  requests = Math.max(0, requests - 1);
  schedule();
});
on('htmx:before:swap', (e) => {
  const { ctx, tasks } = e.detail;
  // What somebody asks for is the newest; there is nothing to say about it.
  if (!ctx.live && tasks.some(({ target }) => target?.id === 'content' || target?.id === 'members')) marks.clear();
  if (!ctx.live) return;
  // Somebody has begun something else meanwhile.
  if (requests > 0 || dialogIsOpen() || ctx.request.action !== location.pathname + location.search) {
    e.preventDefault();
    postpone(ctx.live);
  }
});
on('close', (e) => e.target.id === 'dialog' && schedule(), true);
