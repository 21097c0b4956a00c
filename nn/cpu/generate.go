package cpu

//go:generate go run -C asm . -out ../kernels_amd64.s -declarations ../kernels_amd64.go -pkg cpu
//go:generate go run -C asm ./neon -out ../kernels_arm64.s -declarations ../kernels_arm64.go
