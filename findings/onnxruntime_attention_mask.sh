#!/usr/bin/env bash
# The operator Attention refuses the mask that leaves out a batch's padding.
#
# Package:   npm's onnxruntime-node 1.30.0, its CPU provider, ONNX's operator Attention of opsets 23 and 24.
# Expected:  the operator's definition lets a mask have any shape that is broadcast to (batch, heads, queries, keys), so (batch, 1, 1, keys),
#            one row for all queries, gives what the same rows written out give; from opset 24 on a mask may have fewer
#            keys than there are, and the rest is left out.
# Seen:      batch and heads are broadcast, queries are not: a mask of one row is refused when the net runs, unless there is one
#            query; so is a mask of fewer keys. The same attention spelt as products, a sum and a softmax takes
#            the row, so a net that ran stops to run when an exporter begins to write the operator.
# It matters to whoever exports a net with padded tokens, whose mask is one row for each picture or sentence: it must be written out
# for every query. A reader of such nets cannot be held against this one for them.
set -euo pipefail

for tool in node npm; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing (Debian: nodejs, npm)"; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --ignore-scripts --no-save --silent onnxruntime-node@1.30.0 >/dev/null

cat >check.js <<'JS'
const ort = require('onnxruntime-node');

// Protocol buffers: numbers, and what has a length.
function varint(n) {
	const b = [];
	for (; n > 127; n = Math.floor(n / 128)) b.push(n % 128 + 128);
	return Buffer.from([...b, n]);
}
const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
function sized(field, ...parts) {
	const b = Buffer.concat(parts.map(p => Buffer.from(p)));
	return Buffer.concat([varint(field * 8 + 2), varint(b.length), b]);
}
const node = (op, ins, outs, ...attributes) =>
	sized(1, ...ins.map(i => sized(1, i)), ...outs.map(o => sized(2, o)), sized(4, op), ...attributes);
const ints = (name, list) => sized(5, sized(1, name), ...list.map(i => number(8, i)), number(20, 7));
const value = (field, name, dims, type = 1) =>
	sized(field, sized(1, name), sized(2, sized(1, number(1, type), sized(2, ...dims.map(d => sized(1, number(1, d)))))));
const BOOL = 9;
const model = (opset, nodes, values) =>
	Buffer.concat([number(1, 10), sized(7, ...nodes, sized(2, 'g'), ...values), sized(8, number(2, opset))]);

const B = 2, H = 3, Q = 4, K = 5, D = 4;
const rampOf = (dims, step) => new ort.Tensor('float32', Float32Array.from({length: dims.reduce((a, b) => a * b)}, (_, i) => Math.sin(step * i)), dims);
const feeds = {q: rampOf([B, H, Q, D], 0.7), k: rampOf([B, H, K, D], 1.3), v: rampOf([B, H, K, D], 2.1)};
// Of the first of the batch all keys count but the last, of the second all but the last two.
const kept = (b, key) => key < K - 1 - b;

// The definition, in double precision.
function wanted() {
	const y = [];
	for (let b = 0; b < B; b++) for (let h = 0; h < H; h++) for (let i = 0; i < Q; i++) {
		const at = (t, n, row, d) => t.data[((b * H + h) * n + row) * D + d];
		const shares = [];
		for (let j = 0; j < K; j++) {
			let s = 0;
			for (let d = 0; d < D; d++) s += at(feeds.q, Q, i, d) * at(feeds.k, K, j, d) / Math.sqrt(D);
			shares.push(kept(b, j) ? Math.exp(s) : 0);
		}
		const sum = shares.reduce((a, b) => a + b);
		for (let d = 0; d < D; d++) y.push(shares.reduce((a, s, j) => a + s / sum * at(feeds.v, K, j, d), 0));
	}
	return y;
}

// What comes of a mask of that shape: "right", "wrong", or the last words of the refusal.
async function outcome(opset, dims, spelt) {
	const [bs, hs, qs, ks] = dims;
	const truths = [];
	for (let b = 0; b < bs; b++) for (let h = 0; h < hs * qs; h++) for (let j = 0; j < ks; j++) truths.push(kept(b, j));
	const mask = spelt ? new ort.Tensor('float32', Float32Array.from(truths, t => t ? 0 : -1e30), dims)
		: new ort.Tensor('bool', Uint8Array.from(truths), dims);
	const nodes = spelt ? [
		node('Transpose', ['k'], ['t'], ints('perm', [0, 1, 3, 2])), node('MatMul', ['q', 't'], ['s']),
		node('Mul', ['s', 'scale'], ['r']), node('Add', ['r', 'mask'], ['m']), node('Softmax', ['m'], ['p']), node('MatMul', ['p', 'v'], ['y']),
	] : [node('Attention', ['q', 'k', 'v', 'mask'], ['y'])];
	const values = [...Object.entries(feeds).map(([name, t]) => value(11, name, t.dims)), value(11, 'mask', dims, spelt ? 1 : BOOL)];
	if (spelt) values.push(value(11, 'scale', [1]));
	const session = await ort.InferenceSession.create(model(opset, nodes, [...values, value(12, 'y', [B, H, Q, D])]), {logSeverityLevel: 4});
	const all = {...feeds, mask, ...(spelt ? {scale: new ort.Tensor('float32', [1 / Math.sqrt(D)], [1])} : {})};
	try {
		const got = (await session.run(all)).y.data, want = wanted();
		return got.every((g, i) => Math.abs(g - want[i]) < 1e-5) ? 'right' : 'wrong';
	} catch (e) {
		return 'refused: ' + e.message.trim().split('was false. ').pop();
	}
}

(async () => {
	const cases = [
		[23, [B, H, Q, K], false, 'right'], [23, [B, 1, Q, K], false, 'right'],
		[23, [B, 1, 1, K], true, 'right'],
		[23, [B, 1, 1, K], false, 'refused'], [23, [B, H, 1, K], false, 'refused'], [24, [B, 1, 1, K], false, 'refused'],
		[24, [B, 1, Q, K - 1], false, 'refused'],
	];
	let same = true;
	for (const [opset, dims, spelt, seen] of cases) {
		const got = await outcome(opset, dims, spelt);
		console.log(`opset ${opset}, ${spelt ? 'products, sum and softmax' : 'Attention'}, mask of ${dims.join('x')}: ${got}`);
		same &&= got.startsWith(seen);
	}
	console.log(same ? 'as described' : 'CHANGED: this is no longer what is described here');
	process.exit(same ? 0 : 1);
})();
JS
node check.js
