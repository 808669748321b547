'use strict';
// One counterexample is enough: a smaller one would only take time.
require('fast-check').configureGlobal({ endOnFailure: true });
