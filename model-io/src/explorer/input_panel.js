// Changing the input: a cell, the number of cells, the modulus, or all of the memory as text.
'use strict';

const nramInputPanel = (() => {
  const {element, byId, grouped} = nramElements;
  const mostCells = 1000000;
  const mostCellsAsText = 20000;
  const words = {32: 1n << 32n, 64: 1n << 64n};

  const parseCount = (text, most) =>
    /^\d{1,9}$/.test(text) && Number(text) <= most ? Number(text) : null;

  class InputPanel {
    // `onRun` gets {memory, modulus, isCells, isOriginal}.
    constructor(original, isSigned, onRun) {
      this.original = original;
      this.isSigned = isSigned;
      this.onRun = onRun;
      byId('input-form').addEventListener('submit', (event) => {
        event.preventDefault();
        this.attempt(() => this.fromFields());
      });
      byId('run-text').addEventListener('click', () => this.attempt(() => this.fromText()));
      byId('restore').addEventListener('click', () => {
        this.begin(original);
        this.onRun({...original, isOriginal: true});
      });
      byId('edit-cell').addEventListener('input', () => this.showValue());
      this.offerModuli();
      this.begin(original);
    }

    offerModuli() {
      const {modulus, isCells} = this.original;
      const choices = [['word64', '2^64'], ['word32', '2^32'], ['cells', 'the number of cells']];
      this.usual = isCells ? 'cells' : modulus === words[64] ? 'word64'
        : modulus === words[32] ? 'word32' : 'other';
      if (this.usual === 'other') {
        choices.push(['other', `${modulus}`]);
      }
      byId('edit-modulus').append(
          ...choices.map(([value, text]) => element('option', {value}, text)));
    }

    modulusFor(cells) {
      switch (byId('edit-modulus').value) {
        case 'word64': return words[64];
        case 'word32': return words[32];
        case 'cells': return BigInt(cells);
        default: return this.original.modulus;
      }
    }

    // Shows the input of a run.
    begin(input) {
      this.current = input;
      byId('edit-length').value = `${input.memory.length}`;
      if (input === this.original) {
        byId('edit-modulus').value = this.usual;
      }
      byId('edit-cell').value = '0';
      this.showValue();
      const isShort = input.memory.length <= mostCellsAsText;
      byId('whole-input').hidden = !isShort;
      if (isShort) {
        const arithmetic = this.arithmetic(input.modulus);
        byId('edit-text').value = Array.from(input.memory, (v) => arithmetic.text(v)).join(' ');
      }
      byId('input-problem').textContent = '';
    }

    arithmetic(modulus) { return new nramMachine.Arithmetic(modulus, this.isSigned); }

    showValue() {
      const cell = parseCount(byId('edit-cell').value, this.current.memory.length - 1);
      byId('edit-value').value =
        cell === null ? '' : this.arithmetic(this.current.modulus).text(this.current.memory[cell]);
    }

    // A cell that is to be changed.
    choose(cell) {
      byId('edit-cell').value = `${cell}`;
      this.showValue();
      byId('edit-value').focus();
      byId('edit-value').select();
    }

    // Runs what `make` gives, or says what is wrong.
    attempt(make) {
      try {
        const input = make();
        this.begin(input);
        this.onRun({...input, isOriginal: false});
      } catch (problem) {
        if (!(problem instanceof RangeError)) {
          throw problem;
        }
        byId('input-problem').textContent = problem.message;
      }
    }

    fromFields() {
      const length = parseCount(byId('edit-length').value, mostCells);
      if (length === null || length === 0) {
        throw new RangeError(`There are 1 to ${grouped(mostCells)} cells.`);
      }
      const memory = new BigUint64Array(length);
      memory.set(this.current.memory.subarray(0, length));
      const input = this.checked(memory);
      const cellText = byId('edit-cell').value.trim();
      if (cellText !== '') {
        const cell = parseCount(cellText, length - 1);
        const arithmetic = this.arithmetic(input.modulus);
        const value = arithmetic.parse(byId('edit-value').value.trim());
        if (cell === null) {
          throw new RangeError(`There is no such cell; there are 0 to ${grouped(length - 1)}.`);
        }
        if (value === null) {
          throw new RangeError(`The value is not a whole number that fits modulo ${input.modulus}.`);
        }
        memory[cell] = value;
      }
      return this.all(input);
    }

    fromText() {
      const texts = byId('edit-text').value.split(/\s+/).filter((text) => text !== '');
      if (texts.length === 0 || texts.length > mostCells) {
        throw new RangeError(`There are 1 to ${grouped(mostCells)} cells.`);
      }
      const input = this.checked(new BigUint64Array(texts.length));
      const arithmetic = this.arithmetic(input.modulus);
      texts.forEach((text, cell) => {
        const value = arithmetic.parse(text);
        if (value === null) {
          throw new RangeError(
              `Cell ${cell} is not a whole number that fits modulo ${input.modulus}.`);
        }
        input.memory[cell] = value;
      });
      return this.all(input);
    }

    checked(memory) {
      const modulus = this.modulusFor(memory.length);
      if (modulus < BigInt(memory.length)) {
        throw new RangeError(`Modulo ${modulus}, addresses would not reach all cells.`);
      }
      return {memory, modulus, isCells: byId('edit-modulus').value === 'cells'};
    }

    all(input) {
      const large = input.memory.findIndex((value) => value >= input.modulus);
      if (large >= 0) {
        throw new RangeError(`Cell ${large} holds ${input.memory[large]}, which is not below the `
          + `modulus ${input.modulus}.`);
      }
      return input;
    }
  }

  return {InputPanel};
})();
