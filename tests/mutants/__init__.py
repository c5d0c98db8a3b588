"""Small mistakes, one at a time, in the modules that hold the product's rules: does a test notice?

    make mutants                            # every module in targets.toml; exit status 1 below 90 %
    make mutants M=mailsetup/clientconfig   # these alone, with what survived

The mistakes are mutmut's. `targets.toml` says which tests are there to notice which. A mistake that changes
nothing anybody could see is listed in `equivalent.toml` with the reason, and does not count.

Why not mutmut's own runner: it leaves alone what stands outside of functions and in decorated ones (in the
findings 20 places out of 253 would be tried, in a module of settings none), and it runs every test that
comes past a function, which for a page's query is half the suite. Why not cosmic-ray: it starts Django anew
for every mistake, and knows none in texts and arguments. Here a process that has imported the libraries
forks for every mistake, and the child imports the product with that one module changed in memory. No file
is ever touched.
"""
