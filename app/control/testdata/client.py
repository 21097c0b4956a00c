# Usage: client.py PORT, with lines "PATH KIND" on the standard input. Plays every address by liblo, as tests want it.
import sys
import liblo

to = liblo.Address("127.0.0.1", int(sys.argv[1]))
paths = [line.split() for line in sys.stdin]
for path, kind in paths:
    if kind == "text":
        liblo.send(to, path, ("s", "word"))
    elif kind == "trigger":
        liblo.send(to, path)
    else:
        liblo.send(to, path, ("f", 0.5))
liblo.send(to, "/knob/pan-{x,y}", ("f", 0.25))
liblo.send(to, liblo.Bundle(liblo.time() + 0.3, liblo.Message("/scene/next"), liblo.Message("/tap", ("i", 1))))
liblo.send(to, liblo.Bundle(liblo.time() - 5, liblo.Message("/scene/previous")))
answers = []
server = liblo.Server()
server.add_method(None, None, lambda path, args: answers.append((path, args)))
server.send(to, "/knob/zoom/value")
for _ in range(100):
    if server.recv(100):
        break
print(*answers[0][1] if answers else ())
