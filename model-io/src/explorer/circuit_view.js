// The circuit of a step with its values: registers on the left, modules that matter by their depth, new
// values of registers on the right.
'use strict';

const nramCircuitView = (() => {
  const {element, svg, byId} = nramElements;
  const headHeight = 28;
  const portHeight = 19;
  const columnGap = 46;
  const rowGap = 14;
  const letter = 7.8;  // width of a character

  const depthOf = (program, circuit, needed) => {
    const depth = new Map();
    program.modules.forEach((module, q) => {
      if (needed.has(q)) {
        const before = circuit.arguments[q].map(
            (source) => source < program.registers ? 0 : depth.get(source - program.registers) ?? 0);
        depth.set(q, module.arguments.length === 0 ? 0 : 1 + Math.max(...before));
      }
    });
    return depth;
  };

  // What is drawn: registers that keep their value are not, nor is what only an idle WRITE needs.
  const graphOf = (program, circuit, isIdle) => {
    const R = program.registers;
    const needed = new Set();
    const need = (source) => {
      if (source >= R) {
        needed.add(source - R);
      }
    };
    const kept = circuit.registers.map((source, r) => source === r);
    circuit.registers.forEach((source, r) => {
      if (!kept[r]) {
        need(source);
      }
    });
    for (let q = program.modules.length - 1; q >= 0; --q) {
      if (program.modules[q].kind === 'WRITE' && !isIdle) {
        needed.add(q);
      }
      if (needed.has(q)) {
        circuit.arguments[q].forEach(need);
      }
    }
    return {needed, kept, depth: depthOf(program, circuit, needed)};
  };

  class Drawing {
    constructor(program, circuit, isIdle, snapshot, arithmetic) {
      Object.assign(this, {program, circuit, snapshot, arithmetic});
      this.graph = graphOf(program, circuit, isIdle);
      this.nodes = new Map();  // by source; new registers by `new R`
      this.columns = [];
    }

    text(source) { return this.arithmetic.brief(this.snapshot.step.values[source]); }

    // Whether a module has run: none behind one that faults has.
    hasRun(q) { return this.program.registers + q < this.snapshot.step.values.length; }

    add(key, column, node) {
      node.height = headHeight + portHeight * node.ports.length;
      const longest = Math.max(node.head.length + node.value.length + 2,
                               ...node.ports.map((port) => port.name.length + port.value.length + 2));
      node.width = Math.max(74, Math.round(letter * longest) + 20);
      (this.columns[column] ??= []).push(node);
      this.nodes.set(key, node);
    }

    build() {
      const {program, circuit, graph} = this;
      const R = program.registers;
      const last = 1 + Math.max(0, ...graph.depth.values());
      const isUsed = new Set();
      const use = (source) => isUsed.add(source);
      graph.needed.forEach((q) => circuit.arguments[q].forEach(use));
      circuit.registers.forEach((source, r) => graph.kept[r] || use(source));
      for (let r = 0; r < R; ++r) {
        if (isUsed.has(r)) {
          this.add(r, 0, {class: `register register-${r % 16}`, head: `r${r}`, value: this.text(r),
                          ports: []});
        }
      }
      program.modules.forEach((module, q) => {
        if (!graph.needed.has(q)) {
          return;
        }
        const ports = circuit.arguments[q].map((source, i) => ({
          name: module.arguments[i], source,
          value: source < this.snapshot.step.values.length ? this.text(source) : '–'}));
        const isWrite = module.kind === 'WRITE';
        this.add(R + q, graph.depth.get(q), {
          class: `module ${module.kind.toLowerCase()}${
            this.snapshot.step.fault?.module === q ? ' fault' : ''}`,
          head: module.name, value: isWrite ? '' : this.hasRun(q) ? this.text(R + q) : '–', ports});
      });
      circuit.registers.forEach((source, r) => {
        if (!graph.kept[r]) {
          this.add(`new ${r}`, last, {
            class: `register new register-${r % 16}`, head: `r${r}`,
            value: this.hasRun(source - R) || source < R ? this.text(source) : '–', ports: [],
            source});
        }
      });
      this.columns = this.columns.filter((column) => column.length > 0);
    }

    place() {
      const middle = (node) => node.y + headHeight / 2;
      const sourcesOf = (node) => [...node.ports.map((port) => port.source),
                                   ...(node.source === undefined ? [] : [node.source])];
      const heights = this.columns.map(
          (column) => column.reduce((sum, node) => sum + node.height + rowGap, -rowGap));
      this.height = Math.max(40, ...heights) + 8;
      let x = 4;
      this.columns.forEach((column, c) => {
        const weight = (node) => {
          const before = sourcesOf(node).map((source) => this.nodes.get(source))
            .filter((source) => source?.y !== undefined);
          return before.length === 0
            ? 0 : before.reduce((sum, source) => sum + middle(source), 0) / before.length;
        };
        if (c > 0) {
          column.sort((a, b) => weight(a) - weight(b));
        }
        let y = (this.height - heights[c]) / 2;
        const width = Math.max(...column.map((node) => node.width));
        for (const node of column) {
          Object.assign(node, {x, y, width});
          y += node.height + rowGap;
        }
        x += width + columnGap;
      });
      this.width = x - columnGap + 4;
    }

    wire(source, x, y) {
      const from = this.nodes.get(source);
      if (!from) {
        return null;
      }
      const startX = from.x + from.width;
      const startY = from.y + headHeight / 2;
      const bend = Math.max(24, (x - startX) / 2);
      return svg('path', {
        class: `wire ${from.class.split(' ').slice(0, 2).join(' ')}`,
        d: `M${startX} ${startY}C${startX + bend} ${startY} ${x - bend} ${y} ${x} ${y}`});
    }

    draw() {
      this.build();
      if (this.columns.length === 0) {
        return element('p', {class: 'hint'}, 'This step changes nothing but the state.');
      }
      this.place();
      const wires = [];
      const boxes = [];
      for (const node of this.nodes.values()) {
        if (node.source !== undefined) {
          wires.push(this.wire(node.source, node.x, node.y + headHeight / 2));
        }
        const box = svg('g', {class: node.class, transform: `translate(${node.x} ${node.y})`},
                        svg('rect', {class: 'box', width: node.width, height: node.height, rx: 7}),
                        svg('text', {class: 'head', x: 10, y: 19}, node.head),
                        svg('text', {class: 'output', x: node.width - 10, y: 19,
                                     'text-anchor': 'end'}, node.value));
        node.ports.forEach((port, i) => {
          const y = headHeight + portHeight * i + portHeight / 2;
          wires.push(this.wire(port.source, node.x, node.y + y));
          box.append(svg('circle', {class: 'port', cx: 0, cy: y, r: 2.5}),
                     svg('text', {class: 'port-name', x: 10, y: y + 4}, port.name),
                     svg('text', {class: 'port-value', x: node.width - 10, y: y + 4,
                                  'text-anchor': 'end'}, port.value));
        });
        boxes.push(box);
      }
      return svg('svg', {class: 'circuit', width: this.width, height: this.height,
                         viewBox: `0 0 ${this.width} ${this.height}`, role: 'img',
                         'aria-label': 'Circuit of the next step; the table below says the same'},
                 ...wires.filter((wire) => wire !== null), ...boxes);
    }

    tableRows() {
      const {program, circuit, graph} = this;
      const rows = [];
      const named = (source) => source < this.snapshot.step.values.length
        ? `${program.sourceNames[source]} = ${this.text(source)}` : program.sourceNames[source];
      program.modules.forEach((module, q) => {
        if (graph.needed.has(q)) {
          const words = circuit.arguments[q].map(
              (source, i) => `${module.arguments[i]}: ${named(source)}`);
          const output = this.hasRun(q) && module.kind !== 'WRITE'
            ? this.text(program.registers + q) : '';
          rows.push([module.name, words.join(', '), output]);
        }
      });
      circuit.registers.forEach((source, r) => {
        if (!graph.kept[r]) {
          rows.push([`new r${r}`, named(source),
                     source < this.snapshot.step.values.length ? this.text(source) : '']);
        }
      });
      return rows;
    }
  }

  class CircuitView {
    constructor(program, circuits) {
      this.program = program;
      this.circuits = circuits;
    }

    show(snapshot, arithmetic) {
      const body = byId('circuit-table').tBodies[0];
      if (snapshot.rule === null) {
        byId('circuit-name').textContent = '';
        byId('circuit').replaceChildren(element('p', {class: 'hint'}, 'The run is over.'));
        body.replaceChildren();
        return;
      }
      const index = snapshot.rule.circuit;
      const {writeIsIdle} = this.circuits[index];
      byId('circuit-name').textContent =
        `c${index}${writeIsIdle ? ', which writes nothing new' : ''}`;
      const drawing = new Drawing(this.program, this.program.circuits[index], writeIsIdle, snapshot,
                                  arithmetic);
      byId('circuit').replaceChildren(drawing.draw());
      body.replaceChildren(...drawing.tableRows().map(
          ([module, words, output]) => element(
              'tr', {}, element('th', {scope: 'row'}, module), element('td', {}, words),
              element('td', {class: 'number'}, output))));
    }
  }

  return {CircuitView};
})();
