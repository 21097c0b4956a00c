package cpu

import "golang.org/x/sys/cpu"

// halvers lists the kernels that multiply in bfloat16 and that the processor can run.
func halvers() []*kernels {
	if all := available(); cpu.X86.HasAVX512BF16 && all[0].name == "avx512" {
		return []*kernels{all[0].halved("avx512bf16", &halfKernels{
			conv: convBF16, depth: depthBF16, rows: depthRowsBF16, bendHalves: bendHalves{mixBF16, scaleBF16, dotBF16, applyBF16, slopeBF16}, winograd: [2]func(t *winogradTile){winogradInput3BF16, winogradInput4BF16},
			maxPool: [3]func(t *poolTile){maxPoolWideningBF16, maxPoolRoundingBF16, maxPoolBF16}, poolBack: [3]func(t *poolTile){maxPoolGradientWideningBF16, maxPoolGradientRoundingBF16, maxPoolGradientBF16},
			narrow: narrowRowBF16, widen: widenRowBF16, pair: pairRowBF16,
			peak: peakBF16, work: 18 * 32 * 2, speed: 220,
		})}
	}
	return nil
}

// available lists the kernels that the processor can run, the best first.
func available() []*kernels {
	var all []*kernels
	x := cpu.X86
	if x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW {
		all = append(all, &kernels{
			name: "avx512", conv: convAVX512, depth: depthAVX512, rows: depthRowsAVX512, others: othersAVX512, benders: bendersAVX512, pair: 2, winograd: winogradAVX512, learners: learnersAVX512,
			lrn5: lrn5AVX512, lrn5Gradient: lrn5GradientAVX512,
			peak: peakAVX512, work: 12 * 16 * 2, speed: 120,
		})
	}
	if x.HasAVX2 && x.HasFMA {
		all = append(all, &kernels{
			name: "avx2", conv: convAVX2, depth: depthAVX2, others: othersAVX2, benders: bendersAVX2, pair: 1, winograd: winogradAVX2, learners: learnersAVX2,
			peak: peakAVX2, work: 12 * 8 * 2, speed: 80,
		})
	}
	return append(all, portable)
}
