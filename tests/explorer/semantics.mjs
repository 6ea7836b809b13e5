// The page's machine against the reference: every case ends as it does there, and looking at steps in
// any order shows what running to them shows.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import vm from 'node:vm';

const parts = new URL('../../model-io/src/explorer/', import.meta.url);
const context = vm.createContext({});
for (const name of ['machine.js', 'run.js']) {
  vm.runInContext(fs.readFileSync(new URL(name, parts), 'utf8'), context, {filename: name});
}
const {nramMachine, nramRun} = vm.runInContext('({nramMachine, nramRun})', context);

// Equal seeds give equal numbers.
let seed = 1;
const below = (bound) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % bound;
};
const plain = (values) => Array.from(values, String);

// What every position looks like, by running to it and no further.
const positionsOf = (program, initial, arithmetic, steps) => {
  const memory = initial.slice();
  let registers = Array(program.registers).fill(0n);
  let state = 0;
  const positions = [];
  for (let at = 0;; ++at) {
    positions.push({memory: plain(memory), registers: plain(registers), state});
    if (at === steps) {
      return positions;
    }
    const rule = program.rule(state, registers);
    const step = program.step(program.circuits[rule.circuit], registers, memory, arithmetic);
    if (step.write !== null) {
      memory[Number(step.write.address)] = step.write.value;
    }
    registers = step.registers;
    state = rule.next;
  }
};

const checkCase = (given) => {
  const program = new nramMachine.Program(given.program);
  const arithmetic = new nramMachine.Arithmetic(BigInt(given.modulus), program.isSigned);
  const initial = BigUint64Array.from(given.memory, BigInt);
  const run = new nramRun.Run(program, initial, {arithmetic, limit: given.limit, limitIsEnd: false});
  while (run.end === null) {
    run.advance(1 + below(100));
    if (run.steps > 0 && below(4) === 0) {  // looked at while it is computed
      run.snapshot(below(run.steps + 1));
    }
  }
  assert.equal(run.end.kind, given.outcome);
  assert.equal(run.steps, given.steps);
  const fault = run.end.fault;
  assert.deepEqual(fault && {module: fault.module, address: String(fault.address)}, given.fault);
  const last = run.snapshot(run.steps);
  assert.deepEqual(plain(run.memory), given.result);
  assert.deepEqual(plain(last.registers), given.registers);
  assert.equal(last.state, given.state);
  assert.deepEqual(Array.from(run.memory, (value) => arithmetic.text(value)), given.shown);
  for (const value of run.memory) {
    assert.equal(arithmetic.parse(arithmetic.text(value)), value);
  }
  const positions = positionsOf(program, initial, arithmetic, run.steps);
  for (let looks = 0; looks < 12; ++looks) {
    const position = looks === 0 ? 0 : below(run.steps + 1);
    const {registers, state, past, changed} = run.snapshot(position);
    assert.deepEqual({memory: plain(run.memory), registers: plain(registers), state},
                     positions[position]);
    past.forEach((before) => assert.deepEqual(plain(before.registers),
                                              positions[before.position].registers));
    if (position > 0) {
      const before = positions[position - 1].memory;
      const cells = before.flatMap((value, cell) =>
        value === positions[position].memory[cell] ? [] : [cell]);
      assert.deepEqual(changed === null ? [] : [changed.cell], cells);
      assert.equal(changed === null ? null : String(changed.old),
                   changed === null ? null : before[changed.cell]);
    }
    const differs = (at) => positions[at].memory.join() !== positions[at - 1].memory.join();
    let next = position + 1;
    while (next <= run.steps && !differs(next)) {
      ++next;
    }
    assert.equal(run.nextChange(position), next <= run.steps ? next : null);
    let previous = position - 1;
    while (previous > 0 && !differs(previous)) {
      --previous;
    }
    assert.equal(run.previousChange(position), previous > 0 ? previous : null);
  }
};

const counts = {};
const lines = fs.readFileSync(process.argv[2], 'utf8').trimEnd().split('\n');
lines.forEach((line, number) => {
  const given = JSON.parse(line);
  try {
    checkCase(given);
  } catch (problem) {
    console.error(`case ${number}: ${line.slice(0, 4000)}`);
    throw problem;
  }
  counts[given.outcome] = (counts[given.outcome] ?? 0) + 1;
});
assert.ok(lines.length < 1000 || ['finished', 'limit', 'fault'].every((kind) => counts[kind] > 50));
console.log(`${lines.length} cases as in the reference:`, JSON.stringify(counts));
