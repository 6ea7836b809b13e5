// Memory as cells in rows. Only rows that can be seen are in the page, whatever the number of cells.
'use strict';

const nramMemoryView = (() => {
  const {element, byId, grouped, registerTag} = nramElements;
  const rowHeight = 66;
  const mostRows = 6;  // that are seen at once
  const gap = 6;

  // Registers that hold addresses: those that READ or WRITE uses as one, directly or behind sums,
  // and those that such a register takes its value from.
  const addressRegisters = (program) => {
    const found = new Set();
    const passing = new Set(['INC', 'DEC', 'ADD', 'SUB', 'MIN', 'MAX']);
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const circuit of program.circuits) {
        const marked = new Set();
        circuit.registers.forEach((source, r) => {
          if (found.has(r)) {
            marked.add(source);
          }
        });
        for (let q = program.modules.length - 1; q >= 0; --q) {
          const {kind} = program.modules[q];
          const sources = circuit.arguments[q];
          if (circuit.live[q] && (kind === 'READ' || kind === 'WRITE')) {
            marked.add(sources[0]);
          } else if (passing.has(kind) && marked.has(program.registers + q)) {
            sources.forEach((source) => marked.add(source));
          }
        }
        marked.forEach((source) => {
          if (source < program.registers) {
            found.add(source);
          }
        });
      }
    }
    return [...found].sort((a, b) => a - b);
  };

  // As many as fit a cell: of many registers only the numbers, and how many there are besides.
  const pointerTags = (pointers) => {
    const shown = pointers.length > 5 ? pointers.slice(0, 4) : pointers;
    const tags = shown.map((tag) => typeof tag === 'number'
      ? registerTag(tag) : element('span', {class: `tag ${tag.toLowerCase()}`}, tag[0]));
    if (pointers.length > 2) {
      tags.forEach((tag, i) => {
        tag.classList.add('small');
        tag.textContent = typeof shown[i] === 'number' ? String(shown[i]) : tag.textContent;
      });
    }
    if (shown.length < pointers.length) {
      tags.push(element('span', {class: 'tag small'}, `+${pointers.length - shown.length}`));
    }
    return tags;
  };

  class MemoryView {
    constructor(program, onChoose) {
      this.addresses = addressRegisters(program);
      this.scroller = byId('memory');
      this.space = byId('memory-space');
      this.pool = [];
      this.shown = null;
      this.scroller.addEventListener('scroll', () => this.draw(), {passive: true});
      this.space.addEventListener('click', (event) => {
        const cell = event.target.closest('.cell');
        if (cell) {
          onChoose(Number(cell.dataset.cell));
        }
      });
      new ResizeObserver(() => this.layOut()).observe(this.scroller);
    }

    // A run begins: its memory, what it was at the start, how values read.
    begin(run, initial, arithmetic) {
      this.run = run;
      this.initial = initial;
      this.arithmetic = arithmetic;
      let largest = 0n;
      let isAnyNegative = false;
      let isAnyBrief = false;
      for (const value of initial) {
        if (arithmetic.isNegative(value)) {
          isAnyNegative = true;
        } else if (arithmetic.isBrief(value)) {
          isAnyBrief = true;
        } else if (value > largest) {
          largest = value;
        }
      }
      const digits = Math.max(`${largest}`.length, `${initial.length}`.length, isAnyBrief ? 6 : 1) +
        (isAnyNegative ? 1 : 0);
      this.cellWidth = Math.min(200, Math.max(58, 10 * digits + 18));
      this.layOut();
    }

    layOut() {
      if (!this.run) {
        return;
      }
      const width = this.scroller.clientWidth - 2 * gap;
      this.columns = Math.max(1, Math.floor((width + gap) / (this.cellWidth + gap)));
      this.rows = Math.ceil(this.initial.length / this.columns);
      this.space.style.height = `${this.rows * rowHeight}px`;
      this.scroller.style.height = `${Math.min(this.rows, mostRows) * rowHeight + 2 * gap}px`;
      this.draw();
    }

    // What is to be seen; with `follow`, scrolled to where something happens.
    show(snapshot, follow) {
      this.shown = snapshot;
      this.pointers = new Map();
      const point = (address, tag) => {
        if (address < BigInt(this.initial.length)) {
          const cell = Number(address);
          this.pointers.set(cell, [...(this.pointers.get(cell) ?? []), tag]);
        }
      };
      const {step} = snapshot;
      if (step?.read) {
        point(step.read.address, 'READ');
      }
      if (step?.write && !snapshot.writeIsIdle) {
        point(step.write.address, 'WRITE');
      }
      this.addresses.forEach((r) => point(snapshot.registers[r], r));
      if (follow) {
        const isChange = step?.write && step.write.value !== step.write.old;
        const address = isChange ? step.write.address : step?.read?.address;
        this.reveal(snapshot.changed?.cell ?? (address === undefined ? null : Number(address)));
      }
      this.draw();
    }

    reveal(cell) {
      if (cell === null || cell >= this.initial.length) {
        return;
      }
      const top = Math.floor(cell / this.columns) * rowHeight;
      const {scrollTop, clientHeight} = this.scroller;
      if (top < scrollTop) {
        this.scroller.scrollTop = top;
      } else if (top + rowHeight + 2 * gap > scrollTop + clientHeight) {
        this.scroller.scrollTop = top + rowHeight + 2 * gap - clientHeight;
      }
    }

    draw() {
      if (!this.shown) {
        return;
      }
      const {scrollTop, clientHeight} = this.scroller;
      const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 1) * this.columns;
      const last = Math.min(this.initial.length,
                            (Math.ceil((scrollTop + clientHeight) / rowHeight) + 1) * this.columns);
      for (let i = 0; i < Math.max(last - first, this.pool.length); ++i) {
        if (i >= this.pool.length) {
          this.pool.push(this.makeCell());
        }
        const isUsed = first + i < last;
        this.pool[i].node.hidden = !isUsed;
        if (isUsed) {
          this.drawCell(this.pool[i], first + i);
        }
      }
      this.scroller.setAttribute(
          'aria-label', `Memory of ${this.initial.length} cells; to be seen: ${first} to ${last - 1}`);
    }

    makeCell() {
      const address = element('span', {class: 'address'});
      const value = element('span', {class: 'value'});
      const tags = element('span', {class: 'tags'});
      const node = element('button', {class: 'cell', type: 'button', tabindex: '-1'}, address, value,
                           tags);
      this.space.append(node);
      return {node, address, value, tags, pointed: null};
    }

    drawCell(part, cell) {
      const {changed, step} = this.shown;
      const value = this.run.memory[cell];
      const text = this.arithmetic.brief(value);
      const pointers = this.pointers.get(cell) ?? [];
      const column = cell % this.columns;
      const row = Math.floor(cell / this.columns);
      part.node.dataset.cell = cell;
      part.node.style.width = `${this.cellWidth}px`;
      part.node.style.transform =
        `translate(${gap + column * (this.cellWidth + gap)}px, ${gap + row * rowHeight}px)`;
      const isFresh = changed?.cell === cell;
      const writes = pointers.includes('WRITE') && step.write.value !== step.write.old;
      part.node.classList.toggle('changed', isFresh);
      part.node.classList.toggle('differs', !isFresh && value !== this.initial[cell]);
      part.node.classList.toggle('to-read', pointers.includes('READ'));
      part.node.classList.toggle('to-write', writes);
      part.address.textContent = grouped(cell);
      part.value.textContent = text;
      part.value.classList.toggle('long', text.length * 10 + 14 > this.cellWidth);
      const was = isFresh ? `, was ${this.arithmetic.brief(changed.old)}` : '';
      const title = `cell ${cell}: ${this.arithmetic.text(value)}${was}${
        pointers.length > 0
          ? `; ${pointers.map((tag) => typeof tag === 'number' ? `r${tag}` : tag).join(', ')}` : ''}`;
      part.node.title = title;
      part.node.setAttribute('aria-label', title);
      const key = pointers.join(' ');
      if (part.pointed !== key) {
        part.pointed = key;
        part.tags.replaceChildren(...pointerTags(pointers));
      }
    }
  }

  return {MemoryView, addressRegisters};
})();
