// Package flow finds where everything in a picture has gone in the next one: dense optical flow, what is hidden
// or comes into sight between the two, and where a film is cut.
//
// The estimate goes from coarse to fine by inverse search (Kroeger, Timofte, Dai, Van Gool: "Fast Optical Flow using Dense
// Inverse Search", ECCV 2016): the gradients are those of the first picture, so that all that is inverted is computed
// once. Here each pixel has a window of its own, flows are evened out by weights of texture, and each pixel tries its
// neighbours' flows, which keeps edges of motion sharp. An engine may do the same on its device (nn.FlowEngine).
package flow
