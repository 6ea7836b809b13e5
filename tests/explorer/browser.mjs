// The explorer's page in a real browser: steps, play, jumps, changes of the input, keys, colours, small
// screens; no message on the console, no request, nothing executed that came from a file.
//
//   node browser.mjs CHROMIUM NRAM SCRATCH [SCREENSHOTS]

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {Browser} from './devtools.mjs';

const [chromium, nram, scratch, screenshots] = process.argv.slice(2);
const samples = fileURLToPath(new URL('../../samples/programs/', import.meta.url));
const file = (name) => path.join(scratch, name);
const program = (name) => path.join(samples, `${name}.json`);
const run = (...words) => execFileSync(nram, words, {encoding: 'utf8'});

// What `nram run` makes of a memory: its cells and the number of steps.
const result = (programFile, memory, ...options) => {
  const ended = spawnSync(nram, ['run', programFile, '-', '-o', file('out.txt'), '--json', ...options],
                          {input: `${memory.join(' ')}\n`, encoding: 'utf8'});
  assert.equal(ended.status, 0, ended.stderr);
  return {steps: JSON.parse(ended.stdout).steps,
          cells: fs.readFileSync(file('out.txt'), 'utf8').trim().split(/\s+/)};
};

const text = (id) => `document.getElementById('${id}').textContent`;
const click = (id) => `document.getElementById('${id}').click()`;
const cells = `[...document.querySelectorAll('.cell:not([hidden])')]
  .sort((a, b) => a.dataset.cell - b.dataset.cell).map((cell) => cell.title.match(/: (-?\\d+)/)[1])`;
const plainCount = async (page) => (await page.value(text('step-count'))).replaceAll('\u202f', '');
const isComputed = `!document.getElementById('step-count').textContent.includes('…')`;

const checks = {
  async 'steps, jumps and the result'(browser) {
    run('explore', program('list-search'), '--task', 'list-search', '--length', '8', '--seed', '3',
        '-o', file('search.html'));
    const page = await browser.open(file('search.html'));
    await page.until(isComputed);
    assert.equal(await page.value(text('title')), 'list-search');
    assert.match(await page.value(text('facts')), /tested forword and cells/);
    assert.match(await page.value(text('listing')), /mem\[mem\[2\]\] := /);
    const memory = await page.value(cells);
    const wanted = result(program('list-search'), memory);
    assert.equal(await plainCount(page), `step 0 of ${wanted.steps}`);
    await page.value(click('forward'));
    await page.value(click('forward'));
    assert.equal(await plainCount(page), `step 2 of ${wanted.steps}`);
    assert.match(await page.value(text('sentence')), /^Next \(state \d.*\): reads \d+ from cell \d+/);
    assert.equal(await page.value(`document.querySelectorAll('#rules tr.lit').length`), 1);
    assert.equal(await page.value(`document.querySelectorAll('#automaton .state.lit').length`), 1);
    assert.ok(await page.value(`document.querySelectorAll('#circuit .module').length`) > 0);
    assert.equal(await page.value(`document.querySelectorAll('.cell.to-read').length`), 1);
    assert.ok(await page.value(`document.querySelectorAll('.cell .tag.register').length`) > 0);
    await page.value(click('back'));
    assert.equal(await plainCount(page), `step 1 of ${wanted.steps}`);
    await page.value(click('next-write'));
    assert.equal(await page.value(`document.querySelectorAll('.cell.changed').length`), 1);
    await page.value(click('to-end'));
    assert.match(await page.value(text('sentence')), /has stopped after .* The result is right/);
    assert.deepEqual(await page.value(cells), wanted.cells);
    await page.value(click('previous-write'));
    await page.value(click('to-start'));
    assert.deepEqual(await page.value(cells), memory);
    const names = await page.value(
        `[...document.querySelectorAll('button, input, select, textarea')].filter((node) =>
           !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length))
           .map((node) => node.id)`);
    assert.deepEqual(names, [], 'controls without a name');
    await page.screenshot('list-search-end');
    await page.close();
  },

  async 'keys'(browser) {
    const page = await browser.open(file('search.html'));
    await page.until(isComputed);
    const steps = Number((await plainCount(page)).split(' of ')[1]);
    const press = async (key, expected, modifiers = 0) => {
      await page.press(key, modifiers);
      assert.equal(await plainCount(page), `step ${expected} of ${steps}`, key);
    };
    await press('ArrowRight', 1);
    await press('ArrowRight', 2);
    await press('ArrowLeft', 1);
    await press('End', steps);
    await press('ArrowRight', steps);
    await press('Home', 0);
    await press('w', steps);   // its only change of memory is in its last step
    await press('Home', 0);
    await page.value(`document.getElementById('position').focus()`);
    await press('ArrowRight', 1);
    await page.value(`document.getElementById('edit-value').focus()`);
    await press('ArrowRight', 1);  // moves the caret, not the run
    await page.value(`document.activeElement.blur()`);
    await page.press(' ');
    assert.equal(await page.value(`document.getElementById('play').getAttribute('aria-label')`), 'Pause');
    await page.press(' ');
    assert.equal(await page.value(`document.getElementById('play').getAttribute('aria-label')`), 'Play');
    await page.close();
  },

  async 'play and the slider'(browser) {
    const page = await browser.open(file('search.html'));
    await page.until(isComputed);
    await page.value(`document.getElementById('speed').value = '60'`);
    await page.value(click('play'));
    assert.equal(await page.value(`document.getElementById('sentence').getAttribute('aria-live')`), 'off');
    await page.until(`${text('sentence')}.includes('has stopped')`);
    await page.until(`document.getElementById('play').getAttribute('aria-label') === 'Play'`);
    await page.value(`(() => { const slider = document.getElementById('position');
      slider.value = 3; slider.dispatchEvent(new Event('input')); })()`);
    assert.match(await plainCount(page), /^step 3 of /);
    assert.equal(await page.value(`document.getElementById('sentence').getAttribute('aria-live')`), 'polite');
    await page.close();
  },

  async 'a changed input runs as nram run runs it'(browser) {
    run('explore', program('reverse'), '--task', 'reverse', '--length', '6', '-o', file('reverse.html'));
    const page = await browser.open(file('reverse.html'));
    await page.until(isComputed);
    const memory = await page.value(cells);
    await page.value(`document.querySelector('.cell[data-cell="2"]').click()`);
    assert.equal(await page.value(`document.activeElement.id`), 'edit-value');
    assert.equal(await page.value(`document.getElementById('edit-value').value`), memory[2]);
    await page.value(`document.getElementById('edit-value').value = '18446744073709551615'`);
    await page.value(`document.getElementById('edit-length').value = '${memory.length + 3}'`);
    await page.value(click('run-again'));
    await page.until(isComputed);
    assert.equal(await page.value(text('edited')), 'changed by you');
    const changed = [...memory, '0', '0', '0'];
    changed[2] = '18446744073709551615';
    assert.deepEqual(await page.value(cells), changed);
    await page.value(click('to-end'));
    const wanted = result(program('reverse'), changed);
    assert.deepEqual(await page.value(cells), wanted.cells);
    assert.equal(await plainCount(page), `step ${wanted.steps} of ${wanted.steps}`);
    for (const [id, value] of [['edit-value', '18446744073709551616'], ['edit-value', 'x'],
                               ['edit-cell', '99'], ['edit-length', '0'],
                               ['edit-length', '1000001']]) {
      await page.value(`document.getElementById('${id}').value = '${value}'`);
      await page.value(click('run-again'));
      assert.notEqual(await page.value(text('input-problem')), '', `${id} ${value}`);
      await page.value(`document.getElementById('edit-length').value = '${changed.length}'`);
      await page.value(`document.getElementById('edit-cell').value = '0'`);
      await page.value(`document.getElementById('edit-value').value = '${changed[0]}'`);
    }
    await page.value(`document.getElementById('edit-modulus').value = 'cells'`);
    const small = memory.map((value) => String(Number(value) % memory.length));
    await page.value(`document.getElementById('edit-text').value = '${small.join(' ')}'`);
    await page.value(click('run-text'));
    await page.until(isComputed);
    assert.match(await page.value(text('facts')), /the number of cells \(\d+\)/);
    await page.value(click('to-end'));
    assert.deepEqual(await page.value(cells),
                     result(program('reverse'), small, '--modulus', 'cells').cells);
    await page.value(click('restore'));
    assert.deepEqual(await page.value(cells), memory);
    await page.close();
  },

  async 'a run of 10^5 steps does not stall'(browser) {
    run('example', 'copy', '--length', '120000', '-o', file('long.npy'));
    run('explore', program('copy'), '--input', file('long.npy'), '-o', file('long.html'));
    const page = await browser.open(file('long.html'));
    await page.until(isComputed, 120);
    await page.value(`globalThis.slowest = 0; globalThis.before = performance.now();
      (function look(now) { globalThis.slowest = Math.max(globalThis.slowest, now - globalThis.before);
        globalThis.before = now; requestAnimationFrame(look); })(globalThis.before); undefined`);
    const steps = Number((await plainCount(page)).split(' of ')[1]);
    assert.ok(steps > 100000, `${steps} steps`);
    for (const share of [0.5, 0.1, 0.9, 0.2]) {
      await page.value(`(() => { const slider = document.getElementById('position');
        slider.value = ${Math.floor(share * steps)}; slider.dispatchEvent(new Event('input')); })()`);
      await page.until(`${text('sentence')} !== ''`);
    }
    await page.value(click('to-end'));
    assert.match(await page.value(text('sentence')), /has stopped/);
    assert.ok(await page.value(`document.querySelectorAll('.cell').length`) < 500);
    await page.value(`document.getElementById('memory').scrollTop = 1e9`);
    await page.until(`document.querySelector('.cell:not([hidden])').dataset.cell > 200000`);
    const slowest = await page.value('globalThis.slowest');
    assert.ok(slowest < 3000, `a picture took ${slowest} ms`);
    await page.close();
  },

  async 'faults and runs without an end are told'(browser) {
    fs.writeFileSync(file('end.txt'), '3 5 7 8 9 2\n');
    run('explore', program('copy'), '--input', file('end.txt'), '-o', file('fault.html'));
    const page = await browser.open(file('fault.html'));
    await page.until(isComputed);
    await page.value(click('to-end'));
    assert.match(await page.value(text('sentence')), /fails: (READ|WRITE) of address 6, but the memory has 6 cells/);
    await page.close();
    run('explore', program('reverse'), '--task', 'reverse', '--length', '6', '--steps', '5',
        '-o', file('limit.html'));
    const limited = await browser.open(file('limit.html'));
    await limited.until(isComputed);
    await limited.value(click('to-end'));
    assert.match(await limited.value(text('sentence')), /has not stopped within 5 steps/);
    await limited.close();
  },

  async 'texts of files are texts'(browser) {
    const hostile = JSON.parse(fs.readFileSync(program('reverse'), 'utf8'));
    const evil = '</script><script>globalThis.evil = 1</script><img src=x onerror="globalThis.evil = 2">';
    hostile.metadata.task = evil;
    hostile.metadata.verdict = `<!--<script>${evil}`;
    fs.writeFileSync(file('evil.json'), JSON.stringify(hostile));
    run('explore', file('evil.json'), '--task', 'reverse', '--length', '4', '-o', file('evil.html'));
    const page = await browser.open(file('evil.html'));
    await page.until(isComputed);
    assert.equal(await page.value(text('title')), evil);
    assert.equal(await page.value('globalThis.evil'), undefined);
    assert.equal(await page.value(`document.querySelectorAll('script, img').length`), 2);
    await page.close();
  },

  async 'dark colours and small screens'(browser) {
    const brightness = `(() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor
      .match(/\\d+/g).map(Number); return (r + g + b) / 3; })()`;
    for (const name of ['search', 'reverse']) {
      for (const scheme of ['light', 'dark']) {
        for (const [width, height] of [[1280, 800], [390, 844]]) {
          const page = await browser.open(file(`${name}.html`), {scheme, width, height});
          await page.until(isComputed);
          for (let i = 0; i < 7; ++i) {
            await page.value(click('forward'));
          }
          const bright = await page.value(brightness);
          assert.ok(scheme === 'dark' ? bright < 60 : bright > 200, `${scheme}: ${bright}`);
          assert.ok(await page.value('document.documentElement.scrollWidth') <= width);
          await page.screenshot(`${name}-${scheme}-${width}`);
          await page.close();
        }
      }
    }
  },
};

const browser = await Browser.start(chromium, scratch, screenshots);
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check(browser);
    console.log(`ok      ${name}`);
  } catch (problem) {
    ++failed;
    console.log(`FAILED  ${name}\n${problem.stack}`);
  }
}
await browser.stop();
process.exit(failed === 0 ? 0 : 1);
