// The machine: what engine/src/step.cpp and engine/src/reference.cpp define, in JavaScript. Like
// these it is short and obviously right. Tests compare it with the engine on thousands of programs.
'use strict';

const nramMachine = (() => {
  const argumentNames = {
    READ: ['address'], ZERO: [], ONE: [], TWO: [], INC: ['a'], ADD: ['a', 'b'], SUB: ['a', 'b'],
    DEC: ['a'], LT: ['a', 'b'], LE: ['a', 'b'], EQ: ['a', 'b'], MIN: ['a', 'b'], MAX: ['a', 'b'],
    WRITE: ['address', 'value'],
  };

  const moduleOf = (name) => {
    const constant = /^CONST\((\d+)\)$/.exec(name);
    if (constant) {
      return {name, kind: 'CONST', arguments: [], constant: BigInt(constant[1])};
    }
    if (!Object.hasOwn(argumentNames, name)) {
      throw new Error(`there is no module ${name}`);
    }
    return {name, kind: name, arguments: argumentNames[name], constant: 0n};
  };

  // Integers modulo M; operands are below M.
  class Arithmetic {
    constructor(modulus, isSigned) {
      this.modulus = modulus;
      this.isSigned = isSigned;
    }
    reduce(v) { return v % this.modulus; }
    add(a, b) { const sum = a + b; return sum >= this.modulus ? sum - this.modulus : sum; }
    sub(a, b) { return a >= b ? a - b : a - b + this.modulus; }
    // The place of a value among all of its order.
    place(v) { return this.isSigned ? this.add(v, this.modulus / 2n) : v; }
    isNegative(v) { return this.isSigned && v > (this.modulus - 1n) / 2n; }
    text(v) { return this.isNegative(v) ? `-${this.modulus - v}` : `${v}`; }
    // The same for a reader: what lies just below a modulus of 32 bits or more as its distance, 2^64−2.
    isBrief(v) {
      return !this.isSigned && this.modulus >= 1n << 32n && this.modulus - v <= 1000000n;
    }
    brief(v) {
      if (!this.isBrief(v)) {
        return this.text(v);
      }
      const below = this.modulus - v;
      const bits = this.modulus.toString(2).length - 1;
      return `${this.modulus === 1n << BigInt(bits) ? `2^${bits}` : this.modulus}−${below}`;
    }
    // What `text` says, read again; null if it is no number of this arithmetic.
    parse(text) {
      if (!/^-?\d{1,20}$/.test(text)) {
        return null;
      }
      const number = BigInt(text);
      if (number >= 0n) {
        return number < this.modulus ? number : null;
      }
      const value = number + this.modulus;
      return this.isSigned && value > (this.modulus - 1n) / 2n ? value : null;
    }

    value(module, a, b) {
      const truth = (holds) => this.reduce(holds ? 1n : 0n);
      switch (module.kind) {
        case 'ZERO': return 0n;
        case 'ONE': return this.reduce(1n);
        case 'TWO': return this.reduce(2n);
        case 'CONST': return this.reduce(module.constant);
        case 'INC': return a === this.modulus - 1n ? 0n : a + 1n;
        case 'DEC': return a === 0n ? this.modulus - 1n : a - 1n;
        case 'ADD': return this.add(a, b);
        case 'SUB': return this.sub(a, b);
        case 'LT': return truth(this.place(a) < this.place(b));
        case 'LE': return truth(this.place(a) <= this.place(b));
        case 'EQ': return truth(a === b);
        case 'MIN': return this.place(b) < this.place(a) ? b : a;
        case 'MAX': return this.place(a) < this.place(b) ? b : a;
        default: throw new Error(`${module.name} touches memory`);
      }
    }
  }

  // WRITE matters always; any other module if a new register or a module that matters takes its
  // output. A READ that does not matter cannot fail.
  const liveModules = (registers, modules, circuit) => {
    const live = modules.map((module) => module.kind === 'WRITE');
    const mark = (source) => {
      if (source >= registers) {
        live[source - registers] = true;
      }
    };
    circuit.registers.forEach(mark);
    for (let q = modules.length - 1; q >= 0; --q) {
      if (live[q]) {
        circuit.arguments[q].forEach(mark);
      }
    }
    return live;
  };

  // A program from what a program file holds (docs/formats.md).
  class Program {
    constructor(file) {
      this.registers = file.registers;
      this.modules = file.modules.map(moduleOf);
      this.isSigned = file.order === 'signed';
      this.metadata = file.metadata ?? {};
      const sources = new Map();
      for (let r = 0; r < this.registers; ++r) {
        sources.set(`r${r}`, r);
      }
      this.modules.forEach((module, q) => sources.set(module.name, this.registers + q));
      this.sourceNames = [...sources.keys()];
      const numbers = new Map();
      this.circuits = file.circuits.map((circuit, c) => {
        numbers.set(circuit.name, c);
        const wiring = {
          arguments: this.modules.map(
              (module) => module.arguments.length === 0
                ? [] : circuit.arguments[module.name].map((name) => sources.get(name))),
          registers: [],
        };
        for (let r = 0; r < this.registers; ++r) {
          wiring.registers.push(sources.get(circuit.registers[`r${r}`]));
        }
        wiring.live = liveModules(this.registers, this.modules, wiring);
        return wiring;
      });
      this.states = 1;
      this.rules = file.controller.map((rule, index) => {
        const state = rule.state ?? 0;
        const conditions = [];
        for (let r = 0; r < this.registers; ++r) {
          const wanted = rule.when?.[`r${r}`];
          if (wanted !== undefined) {
            conditions.push({register: r, isZero: wanted === 'zero'});
          }
        }
        const next = rule.next ?? 0;
        this.states = Math.max(this.states, state + 1, next + 1);
        return {index, state, conditions, circuit: numbers.get(rule.circuit),
                finish: rule.finish === true, next};
      });
      this.rulesOfState = Array.from({length: this.states}, () => []);
      this.rules.forEach((rule) => this.rulesOfState[rule.state].push(rule));
    }

    // The first rule of the state that holds.
    rule(state, registers) {
      return this.rulesOfState[state].find(
          (rule) => rule.conditions.every(
              ({register, isZero}) => (registers[register] === 0n) === isZero));
    }

    // What one step of a circuit does to registers and memory; changes neither. `fault` is there if
    // READ or WRITE addresses a cell that does not exist.
    step(circuit, registers, memory, arithmetic) {
      const cells = BigInt(memory.length);
      const values = [...registers];
      let read = null;
      let write = null;
      for (let q = 0; q < this.modules.length; ++q) {
        const module = this.modules[q];
        const sources = circuit.arguments[q];
        const a = sources.length > 0 ? values[sources[0]] : 0n;
        const b = sources.length > 1 ? values[sources[1]] : 0n;
        if (!circuit.live[q]) {
          values.push(0n);
        } else if (module.kind !== 'READ' && module.kind !== 'WRITE') {
          values.push(arithmetic.value(module, a, b));
        } else if (a >= cells) {
          return {values, read, write: null, fault: {module: q, address: a}, registers};
        } else if (module.kind === 'READ') {
          // A WRITE earlier in the step has happened already.
          const value = write !== null && write.address === a ? write.value : memory[Number(a)];
          read = {address: a, value};
          values.push(value);
        } else {
          write = {address: a, value: b, old: memory[Number(a)]};
          values.push(0n);
        }
      }
      return {values, read, write, fault: null,
              registers: circuit.registers.map((source) => values[source])};
    }
  }

  return {Program, Arithmetic};
})();
