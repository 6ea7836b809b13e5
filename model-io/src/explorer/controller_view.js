// The controller: its states as an arc diagram, and its rules, with the state and the rule of the next
// step lit.
'use strict';

const nramControllerView = (() => {
  const {element, svg, byId} = nramElements;
  const mostDrawnStates = 14;
  const mostRules = 80;  // more are shown for one state at a time, around the one that applies
  const stateGap = 62;
  const radius = 15;

  const conditionText = (rule) => rule.conditions.length === 0
    ? 'always'
    : rule.conditions.map(({register, isZero}) => `r${register} ${isZero ? '= 0' : '≠ 0'}`).join(', ');

  class ControllerView {
    constructor(program, circuits) {
      this.program = program;
      this.circuits = circuits;
      this.arcs = new Map();    // by `from to`
      this.states = [];
      this.rows = new Map();    // by rule
      this.shownState = null;
      this.isWhole = program.rules.length <= mostRules;
      if (program.states > 1 && program.states <= mostDrawnStates) {
        byId('automaton').append(this.drawAutomaton());
      } else {
        byId('automaton').hidden = true;
      }
      if (this.isWhole) {
        this.listRules(program.rules);
      }
    }

    drawAutomaton() {
      const {program} = this;
      const stop = program.states;  // a place of its own behind the states
      const places = program.rules.some((rule) => rule.finish) ? stop + 1 : stop;
      const span = Math.max(1, ...program.rules.map(
          (rule) => Math.abs((rule.finish ? stop : rule.next) - rule.state)));
      const x = (place) => 26 + stateGap * place;
      const rise = (from, to) => 16 + Math.min(92, 15 * Math.abs(to - from));
      const above = 14 + radius + 16 + Math.min(92, 15 * span) * 0.78;
      const isBack = program.rules.some((rule) => !rule.finish && rule.next < rule.state);
      const height = above + radius + 8 + (isBack ? 12 + Math.min(92, 15 * span) * 0.78 : 0);
      const parts = [];
      for (const rule of program.rules) {
        const to = rule.finish ? stop : rule.next;
        const key = `${rule.state} ${to}`;
        if (this.arcs.has(key)) {
          continue;
        }
        const [from, end, side] = [x(rule.state), x(to), to < rule.state ? 1 : -1];
        const bend = rise(rule.state, to);
        const edge = above + side * radius;
        const d = to === rule.state
          ? `M${from - 7} ${above - 13}C${from - 22} ${above - 44} ${from + 22} ${above - 44} ${from + 7} ${above - 13}`
          : `M${from} ${edge}C${from} ${edge + side * bend} ${end} ${edge + side * bend} ${end} ${edge + side * 5}`;
        const arc = svg('path', {class: 'arc', d, 'marker-end': 'url(#arrow)'});
        this.arcs.set(key, arc);
        parts.push(arc);
      }
      for (let state = 0; state < program.states; ++state) {
        const node = svg('g', {class: 'state', transform: `translate(${x(state)} ${above})`},
                         svg('circle', {r: radius}), svg('text', {y: 4.5, 'text-anchor': 'middle'},
                                                         `${state}`));
        this.states.push(node);
        parts.push(node);
      }
      if (places > stop) {
        this.stop = svg('g', {class: 'state stop', transform: `translate(${x(stop)} ${above})`},
                        svg('rect', {x: -19, y: -13, width: 38, height: 26, rx: 7}),
                        svg('text', {y: 4.5, 'text-anchor': 'middle'}, 'stop'));
        parts.push(this.stop);
      }
      const width = x(places - 1) + 30;
      const arrow = (id) => svg('marker', {id, viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8,
                                           markerHeight: 8, markerUnits: 'userSpaceOnUse',
                                           orient: 'auto'},
                                svg('path', {d: 'M0 0L8 4L0 8z'}));
      return svg('svg', {class: width < 520 ? 'automaton' : 'automaton wide', width, height, viewBox: `0 0 ${width} ${height}`,
                         role: 'img', 'aria-label': `The controller's ${program.states} states; `
                           + 'the table of rules says the same'},
                 svg('defs', {}, arrow('arrow'), arrow('lit-arrow')), ...parts);
    }

    listRules(rules) {
      this.rows.clear();
      const body = byId('rules').tBodies[0];
      body.replaceChildren();
      const isAlone = this.program.states === 1;
      byId('rules').classList.toggle('one-state', isAlone);
      let state = null;
      for (const rule of rules) {
        const does = element('td', {class: 'does'});
        this.circuits[rule.circuit].statements.forEach(
            (statement) => does.append(
                element('div', {class: statement.endsWith('(idle)') ? 'idle' : ''}, statement)));
        const then = rule.finish ? 'stop' : isAlone ? '' : `state ${rule.next}`;
        const row = element('tr', {class: rule.state === state ? '' : 'first-of-state'},
                            element('th', {scope: 'row'},
                                    isAlone || rule.state === state ? '' : `${rule.state}`),
                            element('td', {class: 'when'}, conditionText(rule)), does,
                            element('td', {class: 'then'}, then));
        state = rule.state;
        this.rows.set(rule.index, row);
        body.append(row);
      }
    }

    listAround(rule) {
      const rules = this.program.rulesOfState[rule.state];
      const at = rules.indexOf(rule);
      if (this.rows.has(rule.index)) {
        return;
      }
      const first = Math.max(0, Math.min(at - mostRules / 2, rules.length - mostRules));
      this.listRules(rules.slice(first, first + mostRules));
      byId('rules-hint').textContent =
        `Of ${this.program.rules.length} rules, those of state ${rule.state}${
          rules.length > mostRules ? ` that are near the one that applies` : ''}.`;
    }

    show(snapshot) {
      const {rule, state} = snapshot;
      const isAlone = this.program.states === 1;
      byId('state-name').textContent =
        rule === null ? 'stopped' : isAlone ? 'one state' : `state ${state}`;
      if (rule !== null && !this.isWhole) {
        this.listAround(rule);
      }
      const past = snapshot.past[snapshot.past.length - 1];
      const target = rule === null ? null : rule.finish ? this.program.states : rule.next;
      this.arcs.forEach((arc, key) => {
        const isLit = rule !== null && key === `${rule.state} ${target}`;
        arc.classList.toggle('lit', isLit);
        arc.setAttribute('marker-end', isLit ? 'url(#lit-arrow)' : 'url(#arrow)');
      });
      this.states.forEach((node, s) => {
        node.classList.toggle('lit', rule !== null && s === state);
        node.classList.toggle('before', past !== undefined && s === past.state);
      });
      this.stop?.classList.toggle('lit', rule === null);
      for (const [index, row] of this.rows) {
        const isLit = rule !== null && index === rule.index;
        if (row.classList.contains('lit') !== isLit) {
          row.classList.toggle('lit', isLit);
          if (isLit) {
            row.setAttribute('aria-current', 'step');
            this.reveal(row);
          } else {
            row.removeAttribute('aria-current');
          }
        }
      }
    }

    // Within the list only: the page stays where it is.
    reveal(row) {
      const list = row.closest('.rules-scroll');
      const head = byId('rules').tHead.offsetHeight;
      if (row.offsetTop - head < list.scrollTop) {
        list.scrollTop = row.offsetTop - head;
      } else if (row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight) {
        list.scrollTop = row.offsetTop + row.offsetHeight - list.clientHeight;
      }
    }
  }

  return {ControllerView, conditionText};
})();
