// A run that can be looked at in any order. It is computed from its start on, a piece at a time;
// registers are kept every few steps, changes of memory in a journal, so that any step is reached in
// time that does not grow with the number of steps before it.
'use strict';

const nramRun = (() => {
  const spacing = 64;   // steps between registers that are kept
  const remembered = 9; // positions whose registers a snapshot has

  // An array of numbers that grows.
  class Growing {
    constructor(Type) {
      this.values = new Type(1024);
      this.length = 0;
    }
    push(value) {
      if (this.length === this.values.length) {
        const longer = new this.values.constructor(2 * this.length);
        longer.set(this.values);
        this.values = longer;
      }
      this.values[this.length++] = value;
    }
  }

  class Run {
    // `limit` steps at most; reaching them is a normal end if `limitIsEnd`.
    constructor(program, initial, {arithmetic, limit, limitIsEnd}) {
      this.program = program;
      this.arithmetic = arithmetic;
      this.limit = limit;
      this.limitIsEnd = limitIsEnd;
      this.steps = 0;   // that are computed
      this.end = null;  // {kind: 'finished' | 'steps' | 'limit' | 'fault', fault}
      this.front = {memory: initial.slice(), state: 0,
                    registers: Array(program.registers).fill(0n)};
      this.memory = initial.slice();  // at the position that is looked at
      // Each change of a cell. Those before `behind` have happened in `memory` and hold the old value;
      // the others hold the new one.
      this.changeStep = new Growing(Uint32Array);
      this.changeCell = new Growing(Uint32Array);
      this.changeValue = new Growing(BigUint64Array);
      this.behind = 0;
      this.keptRegisters = new Growing(BigUint64Array);
      this.keptStates = new Growing(Uint32Array);
      this.keep();
    }

    keep() {
      if (this.steps % spacing === 0) {
        this.front.registers.forEach((value) => this.keptRegisters.push(value));
        this.keptStates.push(this.front.state);
      }
    }

    // Computes up to `count` more steps.
    advance(count) {
      const {program, front} = this;
      for (; count > 0 && this.end === null; --count) {
        if (this.steps >= this.limit) {
          this.end = {kind: this.limitIsEnd ? 'steps' : 'limit', fault: null};
          return;
        }
        const rule = program.rule(front.state, front.registers);
        const step = program.step(program.circuits[rule.circuit], front.registers, front.memory,
                                  this.arithmetic);
        if (step.fault !== null) {
          this.end = {kind: 'fault', fault: step.fault};
          return;
        }
        if (step.write !== null && step.write.value !== step.write.old) {
          const cell = Number(step.write.address);
          front.memory[cell] = step.write.value;
          this.changeStep.push(this.steps);
          this.changeCell.push(cell);
          this.changeValue.push(step.write.value);
        }
        front.registers = step.registers;
        front.state = rule.next;
        ++this.steps;
        this.keep();
        if (rule.finish) {
          this.end = {kind: 'finished', fault: null};
        }
      }
    }

    // The number of changes in the steps before a position.
    changesBefore(position) {
      let low = 0;
      let high = this.changeStep.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.changeStep.values[middle] < position) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    swap(change) {
      const cell = this.changeCell.values[change];
      const value = this.memory[cell];
      this.memory[cell] = this.changeValue.values[change];
      this.changeValue.values[change] = value;
    }

    // Moves `memory` to a position.
    moveMemory(position) {
      const wanted = this.changesBefore(position);
      while (this.behind < wanted) {
        this.swap(this.behind++);
      }
      while (this.behind > wanted) {
        this.swap(--this.behind);
      }
    }

    // The position behind the first change at or after a position; null if none is computed.
    nextChange(position) {
      const change = this.changesBefore(position);
      return change < this.changeStep.length ? this.changeStep.values[change] + 1 : null;
    }

    // The position behind the last change that is not at this position yet; null if there is none.
    previousChange(position) {
      const change = this.changesBefore(position - 1) - 1;
      return change >= 0 ? this.changeStep.values[change] + 1 : null;
    }

    // What there is to see after `position` steps (at most `steps`): registers, the registers before,
    // the last change if it has just happened, and what the next step will do.
    snapshot(position) {
      const {program} = this;
      const kept = Math.floor(Math.max(0, position - remembered) / spacing);
      const first = kept * program.registers;
      let registers = Array.from(this.keptRegisters.values.subarray(first, first + program.registers));
      let state = this.keptStates.values[kept];
      const past = [];
      this.moveMemory(kept * spacing);
      for (let at = kept * spacing; at < position; ++at) {
        past.push({position: at, registers, state});
        const rule = program.rule(state, registers);
        registers = program.step(program.circuits[rule.circuit], registers, this.memory,
                                 this.arithmetic).registers;
        state = rule.next;
        this.moveMemory(at + 1);
      }
      const last = this.behind - 1;
      const isFresh = last >= 0 && this.changeStep.values[last] === position - 1;
      const result = {
        position, registers, state, past: past.slice(-remembered), rule: null, step: null,
        changed: isFresh
          ? {cell: this.changeCell.values[last], old: this.changeValue.values[last]} : null,
      };
      const isOver = this.end !== null && this.end.kind !== 'fault' && position === this.steps;
      if (!isOver) {
        result.rule = program.rule(state, registers);
        result.step = program.step(program.circuits[result.rule.circuit], registers, this.memory,
                                   this.arithmetic);
      }
      return result;
    }
  }

  return {Run};
})();
