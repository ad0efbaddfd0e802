"""What integrators read: the interface's description, its pages and a page for each problem, all made beforehand."""
