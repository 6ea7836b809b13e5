// Registers: now, after the next step, before.
'use strict';

const nramRegisterView = (() => {
  const {element, byId, registerTag} = nramElements;

  class RegisterView {
    constructor(program) {
      this.rows = [];
      for (let r = 0; r < program.registers; ++r) {
        const row = {
          now: element('td', {class: 'number now'}),
          next: element('td', {class: 'number next'}),
          before: element('td', {class: 'before'}),
        };
        byId('registers').tBodies[0].append(
            element('tr', {}, element('th', {scope: 'row'}, registerTag(r)), row.now, row.next,
                    row.before));
        this.rows.push(row);
      }
    }

    show(snapshot, arithmetic) {
      const latest = snapshot.past[snapshot.past.length - 1];
      this.rows.forEach((row, r) => {
        const now = snapshot.registers[r];
        row.now.textContent = arithmetic.brief(now);
        row.now.classList.toggle('changed', latest !== undefined && latest.registers[r] !== now);
        const next = snapshot.step?.fault ? undefined : snapshot.step?.registers[r];
        row.next.textContent =
          next === undefined || next === now ? '' : `→ ${arithmetic.brief(next)}`;
        row.before.textContent =
          [...snapshot.past].reverse().map(({registers}) => arithmetic.brief(registers[r])).join('  ');
      });
    }
  }

  return {RegisterView};
})();
