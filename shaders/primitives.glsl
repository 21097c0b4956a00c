// What functions of single values are made of besides GLSL's own (nn/primitives.go).

// v_withSign is the size of x with the sign of s.
vec4 v_withSign(vec4 x, vec4 s) {
    return uintBitsToFloat(floatBitsToUint(x) & 0x7fffffffu | floatBitsToUint(s) & 0x80000000u);
}

// v_scaled is x times 2 to the whole number n, in two steps of which neither overflows by itself.
vec4 v_scaled(vec4 x, vec4 n) {
    ivec4 whole = ivec4(n), part = whole >> 1;
    return x * intBitsToFloat((part + 127) << 23) * intBitsToFloat((whole - part + 127) << 23);
}

// v_exponent and v_mantissa take apart what is normal and positive.
vec4 v_exponent(vec4 x) { return vec4(ivec4(floatBitsToUint(x) >> 23) - 127); }
vec4 v_mantissa(vec4 x) { return uintBitsToFloat(floatBitsToUint(x) & 0x7fffffu | 0x3f800000u); }
