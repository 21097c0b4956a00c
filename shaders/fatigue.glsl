// power is what shares v >= 0 of a mean are multiplied by at an exponent, as in nn.Fatigue: what is
// silent is not amplified without bound.
vec4 power(vec4 v, float exponent) { return exponent == 0 ? vec4(1) : pow(v + 0.05, vec4(-exponent)); }
