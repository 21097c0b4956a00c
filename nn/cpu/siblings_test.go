package cpu

import (
	"strings"
	"testing"

	"zalgoscope/nn"
)

// TestSiblings wants the 1x1 convolutions at the head of every inception module to run
// as one, forward and backward.
func TestSiblings(t *testing.T) {
	net := menagerie(t)
	e, err := Open(net, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	p, err := e.plan(96, 64, nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	forward, backward := map[string]bool{}, map[string]int{}
	for task := range p.tasks() {
		if !task.back && strings.Contains(task.layer, " + ") {
			forward[task.layer] = true
		}
		for _, o := range task.writers {
			if c, ok := o.(*conv); ok && task.back {
				backward[task.layer] = max(backward[task.layer], len(c.phases[0].parts))
			}
		}
	}
	for _, module := range []string{"3a", "3b", "4a", "4b", "4c"} {
		name := "inception_" + module + "/1x1 + 3x3_reduce + 5x5_reduce/conv"
		if !forward[name] {
			t.Errorf("%s: no task %q among %v", module, name, forward)
		}
	}
	merged := 0
	for _, n := range backward {
		if n == 3 {
			merged++
		}
	}
	if merged != 5 {
		t.Errorf("%d gradients are sums of three convolutions in one, want 5: %v", merged, backward)
	}
}
