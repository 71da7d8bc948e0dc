// A program that is built without any protection, for hardening_test.

int main() { return 0; }
