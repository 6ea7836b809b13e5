// The page: reads its data, computes the run piece by piece, and shows the position that is asked for.
'use strict';

(() => {
  const {element, byId, grouped, counted} = nramElements;
  const sliceOfTime = 12;     // milliseconds of computing at a time
  const stepsAtOnce = 512;    // between looks at the clock

  const data = JSON.parse(byId('data').textContent);
  const program = new nramMachine.Program(data.program);
  const original = {
    memory: BigUint64Array.from(data.memory.split(' '), BigInt),
    modulus: BigInt(data.modulus),
    isCells: data.modulusIsCells,
  };
  const memoryView = new nramMemoryView.MemoryView(program, (cell) => input.choose(cell));
  const registerView = new nramRegisterView.RegisterView(program);
  const circuitView = new nramCircuitView.CircuitView(program, data.circuits);
  const controllerView = new nramControllerView.ControllerView(program, data.circuits);
  const input = new nramInputPanel.InputPanel(original, program.isSigned, begin);

  let run = null;
  let expected = null;
  let position = 0;
  let computing = null;   // the timer of the next piece
  let wish = null;        // {kind: 'end' | 'write', from}: where to go as soon as it is computed
  let playing = null;     // {since, from}

  const modulusText = ({modulus, isCells}) => isCells ? `the number of cells (${modulus})`
    : modulus === 1n << 64n ? '2^64' : modulus === 1n << 32n ? '2^32' : `${modulus}`;

  function describe(current) {
    const {task, verdict, arithmetic} = program.metadata;
    const title = task || data.programName;
    document.title = `${title} – nram explorer`;
    byId('title').textContent = title;
    byId('subtitle').textContent = `${data.programName} on ${data.inputName}`;
    const facts = [
      ['verdict', verdict ? verdict.split(/[:;,.] /)[0] : 'not said', verdict],
      ['tested for', arithmetic === 'both' ? 'word and cells' : arithmetic || 'not said', null],
      ['this run modulo', modulusText(current), null],
      ['order', program.isSigned ? 'signed' : 'unsigned', null],
    ];
    byId('facts').replaceChildren(...facts.map(([name, value, title]) => element(
        'li', {title: title || null}, element('span', {class: 'fact-name'}, name),
        element('span', {class: 'fact-value'}, value))));
  }

  // A run of this input begins.
  function begin({memory, modulus, isCells, isOriginal}) {
    pause();
    clearTimeout(computing);
    const arithmetic = new nramMachine.Arithmetic(modulus, program.isSigned);
    run = new nramRun.Run(program, memory, {arithmetic, limit: data.limit,
                                            limitIsEnd: data.limitIsEnd});
    expected = isOriginal ? data.expected : null;
    position = 0;
    wish = null;
    byId('edited').hidden = isOriginal;
    byId('restore').disabled = isOriginal;
    describe({modulus, isCells});
    memoryView.begin(run, memory, arithmetic);
    compute();
    show();
  }

  function compute() {
    const until = performance.now() + sliceOfTime;
    do {
      run.advance(stepsAtOnce);
    } while (run.end === null && performance.now() < until);
    computing = run.end === null ? setTimeout(compute, 0) : null;
    grantWish();
    showScale();
  }

  function grantWish() {
    if (wish === null) {
      return;
    }
    const target = wish.kind === 'write' ? run.nextChange(wish.from) : null;
    if (target !== null) {
      goTo(target);
    } else if (run.end !== null) {
      goTo(run.steps);
    }
  }

  function goTo(target) {
    wish = null;
    const to = Math.max(0, Math.min(target, run.steps));
    if (to !== position) {
      position = to;
      show();
    }
  }

  // How the run ended, as a sentence.
  function endText() {
    const {arithmetic} = run;
    const steps = counted(run.steps, 'step');
    switch (run.end.kind) {
      case 'finished': return `The program has stopped after ${steps}.${resultText()}`;
      case 'steps':
        return `The run has ended after ${steps}, as the program says.${resultText()}`;
      case 'limit':
        return `The program has not stopped within ${steps}; the page follows it no further.`;
      default: {
        const {module, address} = run.end.fault;
        return `Step ${grouped(run.steps + 1)} fails: ${program.modules[module].name} of address ${
          arithmetic.brief(address)}, but the memory has ${counted(run.memory.length, 'cell')}.`;
      }
    }
  }

  function resultText() {
    if (expected === null) {
      return '';
    }
    let counting = 0;
    let wrong = 0;
    let first = null;
    expected.forEach((value, cell) => {
      if (value !== null) {
        ++counting;
        if (BigInt(value) !== run.memory[cell]) {
          ++wrong;
          first ??= cell;
        }
      }
    });
    return wrong === 0
      ? ` The result is right: ${counted(counting, 'cell')} that ${counting === 1 ? 'counts' : 'count'}.`
      : ` The result is wrong in ${wrong} of ${counted(counting, 'cell')} that count; the first is ${
        first}, which should hold ${expected[first]}.`;
  }

  // What the next step does, as a sentence.
  function stepText({rule, step, registers}) {
    const text = (value) => run.arithmetic.brief(value);
    const does = [];
    const {read, write} = step;
    const isIdle = write !== null && write.value === write.old;
    if (read !== null) {
      does.push(`reads ${text(read.value)} from cell ${text(read.address)}`);
    }
    if (write !== null && !isIdle) {
      does.push(`writes ${text(write.value)} to cell ${text(write.address)} (now ${text(write.old)})`);
    }
    step.registers.forEach((value, r) => {
      if (value !== registers[r]) {
        does.push(`r${r} becomes ${text(value)}`);
      }
    });
    const where = [program.states > 1 ? `state ${rule.state}` : '',
                   rule.conditions.length > 0 ? nramControllerView.conditionText(rule) : '']
      .filter((part) => part !== '').join(', ');
    const what = does.length > 0 ? does.join(', ') : 'changes nothing';
    return `Next${where === '' ? '' : ` (${where})`}: ${what}${rule.finish ? ', then stops' : ''}.`;
  }

  function show() {
    const snapshot = run.snapshot(position);
    snapshot.writeIsIdle = snapshot.rule !== null && data.circuits[snapshot.rule.circuit].writeIsIdle;
    memoryView.show(snapshot, byId('follow').checked);
    registerView.show(snapshot, run.arithmetic);
    circuitView.show(snapshot, run.arithmetic);
    controllerView.show(snapshot);
    const isFault = run.end?.kind === 'fault' && position === run.steps;
    byId('sentence').textContent =
      snapshot.rule === null || isFault ? endText() : stepText(snapshot);
    byId('sentence').classList.toggle('bad', isFault ||
      (snapshot.rule === null && (run.end.kind === 'limit' || / is wrong /.test(endText()))));
    byId('sentence').classList.toggle('good',
                                      snapshot.rule === null && / is right/.test(endText()));
    showScale();
  }

  function showScale() {
    const slider = byId('position');
    slider.max = `${run.steps}`;
    slider.value = `${position}`;
    const whole = run.steps > 0 ? position / run.steps : 0;
    slider.style.setProperty('--done', `${100 * whole}%`);
    slider.setAttribute('aria-valuetext', `step ${position} of ${run.steps}`);
    byId('step-count').textContent =
      `step ${grouped(position)} of ${grouped(run.steps)}${run.end === null ? ' …' : ''}`;
    const isAtEnd = run.end !== null && position === run.steps;
    byId('to-start').disabled = byId('back').disabled = position === 0;
    byId('forward').disabled = byId('to-end').disabled = isAtEnd;
    byId('next-write').disabled = isAtEnd;
    byId('previous-write').disabled = position === 0 || run.previousChange(position) === null;
  }

  function pause() {
    if (playing !== null) {
      cancelAnimationFrame(playing.frame);
      playing = null;
    }
    byId('play').classList.remove('playing');
    byId('play').setAttribute('aria-label', 'Play');
    byId('sentence').setAttribute('aria-live', 'polite');
  }

  function play() {
    if (run.end !== null && position === run.steps) {
      goTo(0);
    }
    byId('play').classList.add('playing');
    byId('play').setAttribute('aria-label', 'Pause');
    byId('sentence').setAttribute('aria-live', 'off');  // nobody can listen to that many
    playing = {since: performance.now(), from: position, frame: requestAnimationFrame(playOn)};
  }

  function playOn(now) {
    const speed = Number(byId('speed').value);
    const target = playing.from + Math.floor(Math.max(0, now - playing.since) / 1000 * speed);
    goTo(target);
    if (run.end !== null && position === run.steps) {
      pause();
      return;
    }
    playing.frame = requestAnimationFrame(playOn);
  }

  const actions = {
    'to-start': () => goTo(0),
    back: () => goTo(position - 1),
    forward: () => goTo(position + 1),
    'to-end': () => {
      wish = {kind: 'end'};
      grantWish();
    },
    'next-write': () => {
      wish = {kind: 'write', from: position};
      grantWish();
    },
    'previous-write': () => goTo(run.previousChange(position) ?? 0),
  };
  const act = (name) => {
    pause();
    actions[name]();
  };
  const togglePlay = () => playing === null ? play() : pause();

  for (const name of Object.keys(actions)) {
    byId(name).addEventListener('click', () => act(name));
  }
  byId('play').addEventListener('click', togglePlay);
  byId('position').addEventListener('input', () => {
    pause();
    goTo(Number(byId('position').value));
  });
  byId('speed').addEventListener('change', () => {
    if (playing !== null) {
      playing.since = performance.now();
      playing.from = position;
    }
  });
  byId('follow').addEventListener('change', show);

  const keys = {ArrowLeft: 'back', ArrowRight: 'forward', Home: 'to-start', End: 'to-end',
                w: 'next-write', W: 'previous-write'};
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest?.('input:not([type=range]):not([type=checkbox]), textarea, select');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === ' ') {
      if (!event.target.closest?.('button, summary, input')) {
        event.preventDefault();
        togglePlay();
      }
    } else if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      act(keys[event.key]);
    }
  });

  // The lines about the program above it, and the pseudo-code.
  function showListing() {
    const lines = data.listing.trimEnd().split('\n');
    const isHead = (line) => line.startsWith('# ');
    const first = lines.findIndex((line) => !isHead(line));
    byId('listing-head').append(
        ...lines.slice(0, first).map((line) => element('div', {}, line.slice(2))));
    byId('listing').textContent = lines.slice(first).join('\n').trimStart();
  }

  showListing();
  begin({...original, isOriginal: true});
})();
