package gpu

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// header begins the parameters of every pass over maps: four vec4, so that what a shader adds lies as if it began by itself.
type header struct {
	Width, Height, Blocks, Channels int32 // of what is written
	OutBase, OutRow, OutPlane       int32
	InBase, InRow, InPlane          int32
	Accumulate                      int32   // 1 adds to what is there
	Slope, Low, High                float32 // of the activation under MASK
	First, End                      int32   // the first position of this slice, and one past its last
}

// numbers is what a shader is told. It has their fields as variables: BesideRow is besideRow there, and of a field of fields A.Row is aRow.
type numbers []any

// declaration is the numbers in GLSL.
func (n numbers) declaration() string {
	if len(n) == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range n {
		declare(&b, "", reflect.TypeOf(p))
	}
	return "layout(std140, binding = 0) uniform Params {\n" + b.String() + "};\n"
}

// declare writes a struct's fields.
func declare(b *strings.Builder, prefix string, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name := prefix + f.Name
		if prefix == "" {
			name = lower(f.Name)
		}
		if f.Type.Kind() == reflect.Struct {
			declare(b, name, f.Type)
			continue
		}
		rows := ""
		if e := f.Type; e.Kind() == reflect.Array && e.Elem().Kind() == reflect.Array {
			f.Type, rows = e.Elem(), fmt.Sprintf("[%d]", e.Len())
		}
		fmt.Fprintf(b, "    %s %s%s;\n", glsl[f.Type.String()], name, rows)
	}
}

// glsl is the types of parameters.
var glsl = map[string]string{"int32": "int", "uint32": "uint", "float32": "float", "[2]int32": "ivec2", "[4]uint32": "uvec4", "[4]float32": "vec4"}

// lower begins a name in lower case, one of capitals throughout.
func lower(name string) string {
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	return string(unicode.ToLower(rune(name[0]))) + name[1:]
}
