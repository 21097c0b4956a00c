// Runs ONNX Runtime on a net: reads its one input x (float32, raw), writes each output to FOLDER/NAME.f32 and all shapes to FOLDER/outputs.json.
// Usage: node outputs.js NODE_MODULES NET.onnx X.f32 DIMS_AS_JSON FOLDER
const [modules, net, x, dims, folder] = process.argv.slice(2);
const ort = require(modules + "/onnxruntime-node");
const fs = require("fs");

(async () => {
  const session = await ort.InferenceSession.create(net, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
  const raw = fs.readFileSync(x);
  const got = await session.run({ x: new ort.Tensor("float32", new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4), JSON.parse(dims)) });
  const shapes = {};
  for (const [name, y] of Object.entries(got)) {
    fs.writeFileSync(`${folder}/${name}.f32`, Buffer.from(y.data.buffer, y.data.byteOffset, y.data.byteLength));
    shapes[name] = y.dims;
  }
  fs.writeFileSync(folder + "/outputs.json", JSON.stringify(shapes));
})().catch((e) => { console.error(String(e.message).split("\n")[0]); process.exit(1); });
