// Chromium, driven by the DevTools protocol over pipes: as much of it as browser.mjs needs.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Page {
  constructor(browser, target, session, address) {
    Object.assign(this, {browser, target, session, address});
    this.problems = [];  // what was said on the console, and requests
  }

  send(method, parameters) { return this.browser.send(method, parameters, this.session); }

  take(method, parameters) {
    if (method === 'Runtime.exceptionThrown') {
      this.problems.push(parameters.exceptionDetails.exception?.description ?? 'an exception');
    } else if (method === 'Runtime.consoleAPICalled' || method === 'Log.entryAdded') {
      this.problems.push(JSON.stringify(parameters));
    } else if (method === 'Network.requestWillBeSent') {
      const {url} = parameters.request;
      if (url !== this.address && !url.startsWith('data:')) {
        this.problems.push(`a request for ${url}`);
      }
    }
  }

  // The value of an expression in the page.
  async value(expression) {
    const {result, exceptionDetails} = await this.send(
        'Runtime.evaluate', {expression, returnByValue: true});
    assert.equal(exceptionDetails, undefined,
                 `${expression}: ${exceptionDetails?.exception?.description}`);
    return result.value;
  }

  async until(expression, seconds = 60) {
    for (const end = Date.now() + 1000 * seconds; Date.now() < end; await pause(50)) {
      if (await this.value(expression)) {
        return;
      }
    }
    assert.fail(`not within ${seconds} seconds: ${expression}`);
  }

  async press(key, modifiers = 0) {
    const common = {key, modifiers, code: key === ' ' ? 'Space' : key.length === 1 ? '' : key,
                    windowsVirtualKeyCode: {ArrowLeft: 37, ArrowRight: 39, Home: 36, End: 35, ' ': 32}[key]
                      ?? key.toUpperCase().charCodeAt(0)};
    await this.send('Input.dispatchKeyEvent', {type: 'keyDown', ...common,
                                               ...(key.length === 1 ? {text: key} : {})});
    await this.send('Input.dispatchKeyEvent', {type: 'keyUp', ...common});
  }

  async screenshot(name) {
    if (this.browser.screenshots) {
      const {data} = await this.send('Page.captureScreenshot', {format: 'png'});
      fs.writeFileSync(path.join(this.browser.screenshots, `${name}.png`), Buffer.from(data, 'base64'));
    }
  }

  async close() {
    await this.browser.send('Target.closeTarget', {targetId: this.target});
    this.browser.pages.delete(this.session);
    assert.deepEqual(this.problems, []);
  }
}

export class Browser {
  static async start(chromium, scratch, screenshots) {
    const browser = new Browser();
    browser.screenshots = screenshots;
    browser.process = spawn(
        chromium,
        ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
         '--remote-debugging-pipe', `--user-data-dir=${path.join(scratch, 'profile')}`, 'about:blank'],
        {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    browser.process.on('exit', (code) => {
      if (!browser.isStopping) {
        console.log(`FAILED  the browser has ended (${code})`);
        process.exit(1);
      }
    });
    let received = '';
    browser.process.stdio[4].setEncoding('utf8').on('data', (data) => {
      received += data;
      const messages = received.split('\0');
      received = messages.pop();
      messages.forEach((message) => browser.receive(JSON.parse(message)));
    });
    return browser;
  }

  constructor() {
    this.waiting = new Map();
    this.pages = new Map();  // by session
    this.last = 0;
    this.isStopping = false;
  }

  receive({id, method, params, sessionId, result, error}) {
    if (id === undefined) {
      this.pages.get(sessionId)?.take(method, params);
      return;
    }
    const {resolve, reject} = this.waiting.get(id);
    this.waiting.delete(id);
    error ? reject(new Error(error.message)) : resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.last;
      this.waiting.set(id, {resolve, reject});
      this.process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
    });
  }

  // Opens a file; everything that the page says from its beginning on counts.
  async open(file, {scheme = 'light', width = 1280, height = 800} = {}) {
    const {targetId} = await this.send('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await this.send('Target.attachToTarget', {targetId, flatten: true});
    const page = new Page(this, targetId, sessionId, pathToFileURL(file).href);
    this.pages.set(sessionId, page);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) {
      await page.send(`${domain}.enable`);
    }
    await page.send('Emulation.setDeviceMetricsOverride',
                    {width, height, deviceScaleFactor: 1, mobile: width < 600});
    await page.send('Emulation.setEmulatedMedia',
                    {features: [{name: 'prefers-color-scheme', value: scheme}]});
    await page.send('Page.navigate', {url: page.address});
    await page.until(`document.readyState === 'complete' && document.getElementById('step-count')`);
    return page;
  }

  async stop() {
    this.isStopping = true;
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    this.process.kill();
    await ended;
  }
}
