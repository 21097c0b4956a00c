package train

import "math"

// CrossEntropy is the loss of one picture's logits where its classes have the shares y, which sum to one; grad,
// which may be nil, is set to weight times the loss's gradient.
func CrossEntropy(logits, y, grad []float32, weight float64) (loss float64) {
	top := math.Inf(-1)
	for _, v := range logits {
		top = math.Max(top, float64(v))
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	for k, v := range logits {
		log := float64(v) - top - math.Log(sum)
		loss -= float64(y[k]) * log
		if grad != nil {
			grad[k] = float32(weight * (math.Exp(log) - float64(y[k])))
		}
	}
	return loss
}

// Smooth is the shares of k classes for one of them, label smoothing taken off it: (1-e)*onehot + e/k.
func Smooth(y []float32, class int, e float32) {
	for i := range y {
		y[i] = e / float32(len(y))
	}
	y[class] += 1 - e
}
