"""OpenCV's DIS on the sequences of the tests, for TestCompare: python3 compare.py FOLDER.

The folder holds NAME.raw, ten frames of 320x240 bytes, and NAME.flow, for each of the nine pairs the true flow's u, the
same of v and a mask of what is to be seen, as 32 bit floats. Prints the mean end-point error in pixels and the median
time of a pair in milliseconds, on one thread.
"""
import sys
import time

import cv2
import numpy as np

W, H, N = 320, 240, 10
cv2.setNumThreads(1)
cv2.ocl.setUseOpenCL(False)
for name in ("pan", "square", "rotzoom"):
    frames = np.fromfile(f"{sys.argv[1]}/{name}.raw", np.uint8).reshape(N, H, W)
    truth = np.fromfile(f"{sys.argv[1]}/{name}.flow", np.float32).reshape(N - 1, 3, H, W)
    for preset, which in (("FAST", 1), ("MEDIUM", 2)):
        dis, errors, times = cv2.DISOpticalFlow_create(which), [], []
        for repeat in range(9):
            for t in range(N - 1):
                begun = time.perf_counter()
                flow = dis.calc(frames[t], frames[t + 1], None)
                times.append(1000 * (time.perf_counter() - begun))
                if repeat == 0:
                    off = np.hypot(flow[..., 0] - truth[t, 0], flow[..., 1] - truth[t, 1])
                    errors.append(off[truth[t, 2] > 0].mean())
        print(f"{name:8} OpenCV {cv2.__version__} DIS {preset:6} {np.mean(errors):.4f} px {np.median(times):6.2f} ms (least {min(times):.2f})")
