// Runs ONNX Runtime on every NAME.onnx of a folder: reads NAME.in (float32 of 1,3,H,W), writes NAME.out and NAME.json (the
// output's shape, or what went wrong). Usage: node compare.js NODE_MODULES FOLDER
const [modules, folder] = process.argv.slice(2);
const ort = require(modules + "/onnxruntime-node");
const fs = require("fs");

(async () => {
  for (const file of fs.readdirSync(folder).filter((f) => f.endsWith(".onnx"))) {
    const base = folder + "/" + file.slice(0, -5);
    let said;
    try {
      const session = await ort.InferenceSession.create(base + ".onnx", { graphOptimizationLevel: "disabled", logSeverityLevel: 4, intraOpNumThreads: 1 });
      const dims = JSON.parse(fs.readFileSync(base + ".dims"));
      const raw = fs.readFileSync(base + ".in");
      const x = new ort.Tensor("float32", new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4), dims);
      const out = session.outputNames[0];
      const y = (await session.run({ [session.inputNames[0]]: x }, [out]))[out];
      fs.writeFileSync(base + ".out", Buffer.from(y.data.buffer, y.data.byteOffset, y.data.byteLength));
      said = { dims: y.dims };
    } catch (e) {
      said = { error: String(e.message).split("\n")[0] };
    }
    fs.writeFileSync(base + ".json", JSON.stringify(said));
  }
})();
