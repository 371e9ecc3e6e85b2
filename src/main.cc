// The composition root: the only place that names concrete classes.

#include <exception>
#include <iostream>

#include "src/program.h"

int main(int argc, char** argv) {
  try {
    return reembed::RunProgram(argc, argv, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "reembed: this is a bug, please report it: " << error.what() << '\n';
    return 1;
  }
}
