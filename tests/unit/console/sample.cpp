// The tenant of the reports' tests, on the console's pages.
#include "unit/report/sample.cpp"
