"""One thread for linear algebra: the ear's matrices are small, a pool would only cost memory and other cores' time.

Must be said before NumPy is first imported; OpenBLAS looks once. A pool that wakes for a product of a few hundred
numbers made single blocks take 12 ms here.
"""

from typing import Final

ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
