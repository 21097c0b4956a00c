package cpu

//go:generate go run -C asm . -out ../kernels_amd64.s -declarations ../kernels_amd64.go -pkg cpu
