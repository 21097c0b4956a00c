// Usage: client.js PORT, with lines "PATH KIND" on the standard input. Plays every address by npm's osc, as tests want it.
const osc = require("osc");
const port = Number(process.argv[2]);
const udp = new osc.UDPPort({ localAddress: "127.0.0.1", localPort: 0, remoteAddress: "127.0.0.1", remotePort: port, metadata: true });
const paths = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => line.split(" "));
udp.on("ready", () => {
  const send = (address, ...args) => udp.send({ address, args });
  for (const [path, kind] of paths) {
    if (kind === "text") send(path, { type: "s", value: "word" });
    else if (kind === "trigger") send(path);
    else send(path, { type: "f", value: 0.5 });
  }
  send("/knob/pan-{x,y}", { type: "f", value: 0.25 });
  udp.send({ timeTag: osc.timeTag(0.3), packets: [{ address: "/scene/next", args: [] }, { address: "/tap", args: [{ type: "i", value: 1 }] }] });
  udp.send({ timeTag: osc.timeTag(-5), packets: [{ address: "/scene/previous", args: [] }] });
  send("/knob/zoom/value");
});
udp.on("message", (m) => { console.log(m.args[0].value); udp.close(); });
udp.on("error", (e) => { console.error(e.message); process.exit(1); });
setTimeout(() => process.exit(1), 20000).unref();
udp.open();
