package gpu

import (
	"github.com/go-gl/gl/v4.3-core/gl"
)

// run dispatches passes that are sorted by level, with one barrier before each level.
func (p *plan) run(passes []*pass) {
	e := p.engine
	level := -1
	for _, q := range passes {
		if e.fault != nil {
			if err := e.fault(q.layer); err != nil {
				e.failed(q.layer, err)
			}
		}
		if q.level != level {
			order()
			level = q.level
		}
		p.dispatch(q)
	}
}

// dispatch queues one pass.
func (p *plan) dispatch(q *pass) {
	q.bind()
	gl.BindBufferRange(gl.UNIFORM_BUFFER, 0, p.ubo.id, q.ubo, stride)
	gl.DispatchCompute(groups(int(q.header.End-q.header.First), q.unit[0]), groups(q.across, q.unit[1]), 1)
}
