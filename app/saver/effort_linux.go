package saver

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Politely puts every thread of the process, and so those to come, behind those of others.
func Politely() {
	tasks, _ := filepath.Glob("/proc/self/task/*")
	for _, t := range tasks {
		if id, err := strconv.Atoi(filepath.Base(t)); err == nil {
			// A thread that has ended meanwhile needs no priority.
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, 10)
		}
	}
}

// machine is what was counted of the machine's work last.
type machine struct{ all, busy, own float64 }

// effort tells how much the saver may take now.
func (l *machine) effort() Effort {
	if onBattery("/sys/class/power_supply") || l.others() > 0.4 {
		return Modest
	}
	return Full
}

// others is the share of the machine that others have used since the last call.
func (l *machine) others() float64 {
	now, err := countWork()
	if err != nil {
		return 0
	}
	before := *l
	*l = now
	all := now.all - before.all
	if before.all == 0 || all <= 0 {
		return 0
	}
	return (now.busy - before.busy - (now.own - before.own)) / all
}

// countWork reads the clock ticks that all processors and this process have worked.
func countWork() (machine, error) {
	var l machine
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return l, err
	}
	// cpu user nice system idle iowait irq softirq steal
	var t [8]float64
	if _, err := fmt.Sscanf(string(stat), "cpu %f %f %f %f %f %f %f %f", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]); err != nil {
		return l, err
	}
	for i, v := range t {
		l.all += v
		if i != 3 && i != 4 {
			l.busy += v
		}
	}
	self, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return l, err
	}
	// The name, in brackets, may hold blanks; user and system time are the 14th and 15th field.
	fields := strings.Fields(string(self[strings.LastIndexByte(string(self), ')')+1:]))
	for _, f := range fields[11:13] {
		v, _ := strconv.ParseFloat(f, 64)
		l.own += v
	}
	return l, nil
}

// onBattery tells whether a battery is being emptied and no mains power is there.
func onBattery(folder string) bool {
	read := func(supply, name string) string {
		text, _ := os.ReadFile(filepath.Join(supply, name))
		return strings.TrimSpace(string(text))
	}
	supplies, _ := filepath.Glob(filepath.Join(folder, "*"))
	emptied := false
	for _, s := range supplies {
		switch read(s, "type") {
		case "Battery":
			emptied = emptied || read(s, "status") == "Discharging" && read(s, "scope") != "Device"
		case "Mains", "USB":
			if read(s, "online") == "1" {
				return false
			}
		}
	}
	return emptied
}
