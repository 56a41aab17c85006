// What the pages do beyond plain links and forms. Everything here is a convenience: each page works
// without it. No state is kept outside the document, and listeners sit on `document`, so whatever
// htmx swaps in is covered.
'use strict';

document.documentElement.classList.add('js');

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (event, handler, capture = false) => document.addEventListener(event, handler, capture);
/** Calls `handler(element, event)` for each `event` inside something that matches `selector`. */
const within = (event, selector, handler, capture = false) =>
  on(event, (e) => {
    const element = e.target.closest?.(selector);
    if (element) handler(element, e);
  }, capture);
const plainClick = (e) => e.button === 0 && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey);

// Notices ----------------------------------------------------------------------------------------

const SHOWN_FOR = 8000;

/** Gives new notices a way to be dismissed; good news leaves by itself, unless looked at. */
function tidyNotices() {
  for (const notice of $$('.notice:not(:has(.dismiss))')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'dismiss';
    button.setAttribute('aria-label', 'Dismiss');
    button.textContent = '×';
    button.addEventListener('click', () => notice.remove());
    notice.append(button);
    if (notice.matches('.error, .warning')) continue;
    const leave = () => (notice.matches(':hover, :focus-within') ? setTimeout(leave, 1000) : notice.remove());
    setTimeout(leave, SHOWN_FOR);
  }
}

function notify(text, kind = 'success') {
  const notice = document.createElement('div');
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  notice.className = `notice ${kind}`;
  notice.append(paragraph);
  $(dialogIsOpen() ? '#dialog-notices' : '#notices').replaceChildren(notice);
  tidyNotices();
}

// Dialogs ----------------------------------------------------------------------------------------

const dialogIsOpen = () => $('#dialog')?.open ?? false;
let opener = null;

function showDialog() {
  const active = document.activeElement;
  const popup = active?.closest('[popover]');
  opener = active?.closest('details.menu')?.querySelector('summary')
    ?? (popup ? $(`[popovertarget="${popup.id}"]`) : active);
  closeMenus();
  $('#dialog').showModal();
  focusDialog();
}

function focusDialog() {
  const content = $('#dialog-content');
  // What is asked for, or else the title, so that nobody confirms by accident.
  ($('[aria-invalid]', content) ?? $('.field :is(input, select):enabled', content) ?? $('h1', content))?.focus();
}

// `close` does not bubble, hence the capture.
on('close', (e) => {
  if (e.target.id !== 'dialog' || e.target.open) return;
  $('#dialog-content').replaceChildren();
  $('#dialog-notices').replaceChildren();
  (opener?.isConnected ? opener : $('#content'))?.focus();
}, true);

within('click', '#dialog [data-close]', (_, e) => {
  if (!plainClick(e)) return;
  e.preventDefault();
  $('#dialog').close();
});

// Menus ------------------------------------------------------------------------------------------

const MENUS = 'details.menu[open], details.help[open]';
const closeMenus = (except) => $$(MENUS).forEach((menu) => menu !== except && (menu.open = false));
on('click', (e) => closeMenus(e.target.closest('details.menu, details.help')));
on('keydown', (e) => {
  if (e.key !== 'Escape') return;
  const menu = $(MENUS);
  closeMenus();
  menu?.querySelector('summary').focus();
});

// What is out of use does nothing; its reason is beside it.
within('click', '[aria-disabled="true"]', (_, e) => {
  e.preventDefault();
  e.stopImmediatePropagation();
}, true);

// Copying ----------------------------------------------------------------------------------------

within('click', '[data-copy], [data-copy-from]', async (button) => {
  const source = document.getElementById(button.dataset.copyFrom);
  try {
    await navigator.clipboard.writeText(source?.value ?? button.dataset.copy);
    notify(button.dataset.copied ?? 'Copied to clipboard.');
  } catch {
    source?.select();
    notify('Copying was not possible. Select the text and copy it by hand.', 'warning');
  }
});

// Advice on a passphrase -------------------------------------------------------------------------

function strengthOf(text) {
  const missing = 8 - new TextEncoder().encode(text).length;
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (missing > 0) return `Too short: at least ${missing} more.`;
  if (new Set(text).size < 6) return 'Weak: it repeats few characters.';
  if (text.length >= 24 && new Set(words).size >= 5) return 'Strong, if the words are unrelated.';
  if (text.length >= 20) return 'Good, unless somebody has published it.';
  return text.length >= 14 ? 'Fair: longer is better.' : 'Weak: short enough to be guessed. Use more words.';
}

within('input', '[data-strength]', (input) => {
  document.getElementById(input.dataset.strength).textContent = input.value && strengthOf(input.value);
});

// Selecting members ------------------------------------------------------------------------------

const TICKS = ':is(input[name="member"], input[name="token"])';

function showSelection() {
  for (const all of $$('[data-select-all]')) {
    const ticks = $$(TICKS, all.closest('.list'));
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked > 0 && ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  }
  const none = !$(`${TICKS}:checked`);
  $$('[data-needs-selection]').forEach((button) => button.setAttribute('aria-disabled', none));
}

within('change', '[data-select-all]', (all) => {
  $$(TICKS, all.closest('.list')).forEach((tick) => (tick.checked = all.checked));
});
within('change', '.tick', showSelection);

// Editing privileges -----------------------------------------------------------------------------

const boxesOf = (row) => $$('input[name="privileges"]', row);
const isChanged = (box) => box.checked !== box.defaultChecked;
const dirtyRows = () => $$('.member.dirty');
const originals = new WeakMap();

/** Shows in an open row what is changed, and what that will come to. */
function showEdits(row) {
  for (const box of boxesOf(row)) {
    const line = box.closest('tr');
    const cell = $('.effective', line);
    if (!originals.has(cell)) originals.set(cell, { nodes: [...cell.childNodes], held: cell.classList.contains('yes') });
    const { nodes, held } = originals.get(cell);
    const changed = isChanged(box);
    const will = changed ? box.checked || cell.hasAttribute('data-inherited') : held;
    line.classList.toggle('changed', changed);
    cell.classList.toggle('yes', will);
    cell.classList.toggle('no', !will);
    $('.changed-mark', line)?.remove();
    cell.replaceChildren(...nodes);
    if (!changed) continue;
    $('label', line).append(Object.assign(document.createElement('span'), { className: 'changed-mark', textContent: ' changed' }));
    const icon = nodes[0].cloneNode(true);
    const use = $('use', icon);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, will ? '#check' : '#dash'));
    const text = document.createElement('small');
    text.textContent = will ? 'yes, after saving' : 'no, after saving';
    cell.replaceChildren(icon, text);
  }
  for (const all of $$('.toggle.all', row)) {
    const body = all.closest('tbody');
    const boxes = boxesOf(body);
    const held = boxes.filter((box) => box.checked).length;
    all.checked = held === boxes.length;
    all.indeterminate = held > 0 && held < boxes.length;
    const pill = $('.pill', body);
    const granted = $$('.effective.yes', body).length;
    pill.textContent = `${granted}/${boxes.length}`;
    pill.className = `pill ${granted === 0 ? 'none' : granted < boxes.length ? 'some' : 'all'}`;
  }
  row.classList.toggle('dirty', boxesOf(row).some(isChanged));
}

within('change', '.toggle', (toggle) => {
  const row = toggle.closest('.member');
  if (toggle.matches('.all')) {
    const boxes = boxesOf(toggle.closest('tbody'));
    const grant = !boxes.every((box) => box === toggle || box.checked);
    boxes.forEach((box) => (box.checked = grant));
  }
  showEdits(row);
});
// The boxes have their old values only after the event.
within('reset', 'form[data-privileges]', (form) => setTimeout(() => showEdits(form.closest('.member'))));

within('click', '[data-set]', (button) => {
  $$(`input[value="${button.dataset.set}"]`, button.closest('tbody')).forEach((radio) => (radio.checked = true));
  button.dispatchEvent(new Event('change', { bubbles: true }));
});

// Consequences -----------------------------------------------------------------------------------

// What was foreseen of another change is not sent along with this one. To confirm is no other change,
// nor is to say why.
within('change', '.foreseen, .said-why', (_, e) => e.stopPropagation(), true);
const changes = new WeakMap();
/** Forgets what was foreseen of the change a form asked for; an answer on its way is of no use. */
function forgetForeseen(form) {
  changes.set(form, (changes.get(form) ?? 0) + 1);
  $('.foreseen[hx-patch]', form)?.replaceChildren();
}
within('change', 'form', forgetForeseen);
within('reset', 'form', forgetForeseen);
on('htmx:config:request', ({ detail: { ctx } }) => (ctx.change = changes.get(ctx.request.form)));
on('htmx:before:swap', (e) => {
  const { sourceElement, request, change } = e.detail.ctx;
  if (sourceElement.closest?.('.foreseen') && change !== changes.get(request.form)) e.preventDefault();
});
// Enter looks for somebody; the form's own button may come first.
within('keydown', '.foreseen input[type="search"]', (input, e) => {
  if (e.key !== 'Enter') return;
  e.preventDefault();
  $('button[type="submit"]', input.parentElement).click();
});
// A table is a file, which htmx has no place for.
within('click', '[data-export]', (button, e) => {
  e.preventDefault();
  const { form } = button;
  const action = form.getAttribute('action');
  form.setAttribute('action', button.getAttribute('formaction'));
  form.submit();
  form.setAttribute('action', action);
});

window.addEventListener('beforeunload', (e) => dirtyRows().length > 0 && e.preventDefault());

// Open rows --------------------------------------------------------------------------------------

/** `user:ID` of a row. */
const memberOf = (row) => row.id.slice(2).replace('-', ':');
const openRows = () => $$('.member.active').map(memberOf);

/** The same URL with the rows that are open now. */
function withOpenRows(address) {
  const url = new URL(address, location.href);
  url.searchParams.delete('member');
  openRows().forEach((member) => url.searchParams.append('member', member));
  return url.pathname + url.search.replaceAll('%3A', ':');
}

const rememberRows = () => $('#members') && history.replaceState(history.state, '', withOpenRows(location.href));

// A loaded row folds without a request, so that what is being edited stays.
within('click', '.member .name', (link, e) => {
  const row = link.closest('.member');
  const body = $('.body', row);
  if (!body || !plainClick(e)) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  body.hidden = !body.hidden;
  row.classList.toggle('active', !body.hidden);
  link.setAttribute('aria-expanded', !body.hidden);
  rememberRows();
}, true);

// Requests ---------------------------------------------------------------------------------------

on('htmx:config:request', (e) => {
  const { ctx } = e.detail;
  const { request, sourceElement } = ctx;
  // Sent twice is sent once.
  if (request.submitter?.getAttribute('aria-busy') === 'true') return e.preventDefault();
  if (ctx.target?.id === 'members') {
    request.action = withOpenRows(request.action);
    if (!request.body.get('q')) request.body.delete('q');
  }
  // Only the difference travels, so that two people editing one member do not undo each other.
  const edited = sourceElement.closest('form[data-privileges]');
  if (edited) {
    // Nothing changed, nothing to save: Enter in a tick box submits its form.
    if (!boxesOf(edited).some(isChanged)) {
      $('.foreseen', edited)?.replaceChildren();
      return e.preventDefault();
    }
    request.body.delete('privileges');
    request.body.set('difference', 'true');
    boxesOf(edited).filter(isChanged)
      .forEach((box) => request.body.append(box.checked ? 'grant' : 'revoke', box.value));
  }
  const several = sourceElement.closest('form[data-bulk]');
  if (several) {
    for (const name of [...request.body.keys()]) if (/^(p|was)\./.test(name)) request.body.delete(name);
    $$('input[type=radio]:checked:not([value=keep])', several).filter(isChanged)
      .forEach((radio) => request.body.append(radio.value, radio.name.slice(2)));
  }
});
on('htmx:before:request', (e) => e.detail.ctx.request.submitter?.setAttribute('aria-busy', 'true'));
on('htmx:finally:request', (e) => e.detail.ctx.request.submitter?.removeAttribute('aria-busy'));
on('htmx:error', (e) => {
  if (e.detail.ctx) notify('The server could not be reached. Check the connection and try again.', 'error');
});

// Edits that a refused save brings back into the fresh row.
let refused = null;

on('htmx:before:swap', (e) => {
  const { ctx, tasks } = e.detail;
  const main = tasks.find((task) => task.type === 'main');
  for (const task of tasks) {
    // A modal dialog hides what is outside from assistive technology; but new content closes it.
    if (task.target?.id === 'notices' && main?.target?.id !== 'content' && dialogIsOpen()) task.target = $('#dialog-notices');
  }
  if (ctx.sourceElement.matches?.('form[data-privileges]') && main?.target?.matches('.member')) {
    main.target.classList.remove('dirty');
    forgetForeseen(ctx.sourceElement);
    // The next change has a reason of its own; morphing would leave what was typed for this one.
    const why = $('.said-why input', main.target);
    if (why && ctx.response.status < 400) why.value = '';
    refused = ctx.response.status < 400 ? null : boxesOf(main.target).filter(isChanged).map((box) => [box.id, box.checked]);
  }
  const lost = dirtyRows().filter((row) => tasks.some(({ target, swapSpec, fragment }) =>
    target?.contains?.(row) && !(/Morph$/.test(swapSpec.style) && fragment.querySelector(`[id="${row.id}"]`))));
  if (lost.length && (ctx.live || !confirm(`Privileges of ${lost.length} member(s) are changed and not saved. Discard the changes?`))) {
    e.preventDefault();
    if (dialogIsOpen() && !ctx.live) $('#dialog').close();
  }
});

on('htmx:after:swap', (e) => {
  const { target } = e.detail.ctx;
  const isAt = (id) => target?.id === id || target === `#${id}`;
  // Only what is put there opens it: an answer for a part of it may come while it closes.
  if (dialogIsOpen() && isAt('content')) $('#dialog').close();
  else if (isAt('dialog-content') && !dialogIsOpen()) showDialog();
  else if (dialogIsOpen() && !$('#dialog').contains(document.activeElement?.closest('#dialog *'))) focusDialog();
  else $('#content [aria-invalid]')?.focus();
  settle();
  if ($('#members')) rememberRows();
});

/** Brings everything that depends on what is in the document up to date. */
function settle() {
  tidyNotices();
  for (const form of $$('form[data-privileges]')) {
    const row = form.closest('.member');
    // Morphing leaves a box as it was clicked; a row that is not being edited shows what is stored.
    if (!row.matches('.dirty')) {
      boxesOf(row).forEach((box) => (box.checked = box.defaultChecked));
      $$('.effective', row).forEach((cell) => originals.delete(cell));
    }
    if (refused) for (const [id, checked] of refused) if (boxesOf(row).some((box) => box.id === id)) document.getElementById(id).checked = checked;
    showEdits(row);
  }
  refused = null;
  showSelection();
}

// Morphing keeps a row that is being edited, and lists as somebody folded them.
const touched = new WeakSet();
within('click', '.list > .fold > summary', (summary) => touched.add(summary.parentElement));

on('DOMContentLoaded', () => {
  window.htmx?.registerExtension('onepanel', {
    htmx_before_morph_node: (node) => !node.matches?.('.member.dirty'),
    htmx_before_morph_attr: (element, { attrName }) => !(attrName === 'open' && (touched.has(element) || element.matches(MENUS))),
  });
  settle();
  showCurrent();
});

/** The list beside the content scrolls by itself; what was chosen in it is not left out of sight. */
function showCurrent() {
  const current = $('.side-list .current');
  if (!current) return;
  const list = current.closest('.side-list');
  const below = current.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (below > 0) list.scrollTop += below + list.clientHeight / 3;
}
